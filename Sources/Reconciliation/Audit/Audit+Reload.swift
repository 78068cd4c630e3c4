extension Audit {
  /// Settings, certificates and keys were read again and are in force.
  /// - Parameters:
  ///   - summary: what was read and what came of it, as sentences.
  ///   - takenUp: the names of the settings that have changed and are in force.
  ///   - needRestart: the names of those that have changed and wait for a restart.
  ///   - who: a login name of this host, or `SIGHUP`.
  public func reloaded(_ summary: String, takenUp: [String], needRestart: [String], by who: String) {
    var fields: AuditFields = [.actor: who]
    if !takenUp.isEmpty { fields[.settings] = takenUp.joined(separator: " ") }
    if !needRestart.isEmpty { fields[.needRestart] = needRestart.joined(separator: " ") }
    logger.audit(.reloaded, "\(summary)", fields)
  }

  /// A reload was refused: everything is as it was.
  /// - Parameters:
  ///   - reason: what is wrong, where, and what to do.
  ///   - who: a login name of this host, or `SIGHUP`.
  public func reloadRefused(_ reason: String, by who: String) {
    logger.audit(.reloadRefused, "\(reason)", [.actor: who])
  }
}
