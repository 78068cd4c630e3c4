public import Logging
public import Store

extension Logger {
  /// Writes what the store tells of the way to the disk into the audit log.
  public func audit(_ notice: StoreNotice) {
    audit(AuditEvent(notice), "\(notice.message)", AuditFields(notice))
  }
}

extension AuditEvent {
  init(_ notice: StoreNotice) {
    self =
      switch notice {
      case .databaseFailed: .databaseFailed
      case .databaseRecovered: .databaseRecovered
      case .spoolUsed: .spoolUsed
      case .spoolDrained: .spoolDrained
      case .spoolMissing, .spoolStuck: .spoolUnusable
      case .callbacksRefused: .callbacksRefused
      case .checkpointFailed: .checkpointFailed
      }
  }
}

extension AuditFields {
  fileprivate init(_ notice: StoreNotice) {
    self = [:]
    if case .spoolDrained(let deliveries) = notice { self[.count] = "\(deliveries)" }
    self[.error] = notice.detail
  }
}
