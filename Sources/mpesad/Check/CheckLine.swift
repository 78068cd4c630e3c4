/// One thing that was looked at, and how it stands.
struct CheckLine: Codable, Hashable, Sendable {
  enum Outcome: String, Codable, Sendable, CaseIterable {
    case ok, warning, failed
    /// There was nothing to look at, or no way to.
    case skipped
  }

  var check: Check
  var outcome: Outcome
  /// What was found.
  var found: String
  /// What to do about it; nil where nothing is to be done.
  var advice: String?

  static func ok(_ check: Check, _ found: String) -> CheckLine {
    CheckLine(check: check, outcome: .ok, found: found)
  }
  static func skipped(_ check: Check, _ found: String) -> CheckLine {
    CheckLine(check: check, outcome: .skipped, found: found)
  }
  static func warning(_ check: Check, _ found: String, _ advice: String) -> CheckLine {
    CheckLine(check: check, outcome: .warning, found: found, advice: advice)
  }
  static func failed(_ check: Check, _ found: String, _ advice: String) -> CheckLine {
    CheckLine(check: check, outcome: .failed, found: found, advice: advice)
  }
}

/// What is looked at, in this order. The raw values are shown and stable.
enum Check: String, Codable, Sendable, CaseIterable {
  case daemon, database, sqlite, schema, log, spool, commits, settings, clock, disk, inbox, review, unproven,
    webhooks, files, backup
}
