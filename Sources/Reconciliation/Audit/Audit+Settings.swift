extension Audit {
  /// Settings in the table were changed.
  /// - Parameters:
  ///   - changes: each with its old and new value as they may be shown: of a secret the fingerprint, nil for none.
  ///   - who: a login name of this host, or a user of the console.
  public func settingsChanged(_ changes: [(name: String, old: String?, new: String?)], by who: String) {
    let names = changes.map(\.name).joined(separator: " ")
    let shown = changes.map { "\($0.name): \($0.old ?? "not set") -> \($0.new ?? "not set")" }
    trail?.note(who, "changed settings: \(shown.joined(separator: "; "))")
    logger.audit(
      .settingsChanged, "Settings were changed.",
      [.settings: names, .changes: shown.joined(separator: "; "), .actor: who])
  }
}
