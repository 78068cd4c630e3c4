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
      case .spoolMissing, .spoolUnreadable: .spoolUnusable
      case .spoolReplaced: .spoolReplaced
      case .spoolDamaged: .spoolDamaged
      case .spoolFilling: .spoolFilling
      case .databaseUnusable: .databaseUnusable
      case .databaseOpened: .databaseOpened
      case .copyInPlace, .strayLog: .copyInPlace
      case .outcomeUnknown: .outcomeUnknown
      case .databaseDamaged: .databaseDamaged
      case .filesDisplaced: .filesDisplaced
      case .databaseRescued: .databaseRescued
      case .rescueFailed: .databaseRescueFailed
      case .callbacksRefused: .callbacksRefused
      case .checkpointFailed: .checkpointFailed
      }
  }
}

extension AuditFields {
  fileprivate init(_ notice: StoreNotice) {
    self = [:]
    switch notice {
    case .spoolDrained(let deliveries): self[.count] = "\(deliveries)"
    case .spoolDamaged(let parts, _): self[.count] = "\(parts)"
    case .spoolFilling(let used, _): self[.count] = "\(used)"
    case .databaseRescued(let path): self[.file] = path
    default: break
    }
    self[.error] = notice.detail
  }
}
