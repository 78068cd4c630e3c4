extension Audit {
  /// Settings in the table were changed.
  /// - Parameters:
  ///   - changes: each with its old and new value as they may be shown: of a secret the fingerprint, nil for none.
  ///   - who: a login name of this host, or a user of the console.
  ///   - why: the reason that was given, where one was.
  public func settingsChanged(
    _ changes: [(name: String, old: String?, new: String?)], by who: String, why: String? = nil
  ) {
    let names = changes.map(\.name).joined(separator: " ")
    let shown = changes.map { "\($0.name): \($0.old ?? "not set") -> \($0.new ?? "not set")" }
    trail?.note(who, "changed settings: \(shown.joined(separator: "; "))", why: why)
    logger.audit(
      .settingsChanged, "Settings were changed.\(why.map { " Reason: \($0)" } ?? "")",
      [.settings: names, .changes: shown.joined(separator: "; "), .actor: who])
  }
}
