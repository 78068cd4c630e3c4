public import Logging

extension Logger {
  /// Where the manual of all events is, as the journal's field `DOCUMENTATION` has it.
  static let auditManual = "man:mpesad-journal(7)"

  /// Writes one entry of the audit log, at the level of its event.
  ///
  /// - Parameters:
  ///   - message: one sentence for a person. Holds no secret and no full phone number.
  ///   - fields: at least those that every entry of this event has.
  public func audit(
    _ event: AuditEvent, _ message: @autoclosure () -> Logger.Message,
    _ fields: @autoclosure () -> AuditFields = [:], file: String = #fileID, function: String = #function,
    line: UInt = #line
  ) {
    let definition = event.definition
    guard logLevel <= definition.level else { return }
    var fields = fields()
    fields[.event] = event.rawValue
    assert(
      definition.fields.allSatisfy { fields[$0] != nil },
      "\(event): \(definition.fields.filter { fields[$0] == nil }) are missing")
    var metadata = fields.metadata
    metadata["MESSAGE_ID"] = .string(definition.messageID)
    metadata["DOCUMENTATION"] = .string(Self.auditManual)
    log(level: definition.level, message(), metadata: metadata, file: file, function: function, line: line)
  }
}
