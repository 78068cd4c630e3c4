import Daraja

/// Somebody who is signed in.
struct ConsoleSession: Hashable, Sendable {
  /// For the audit trail: a login name of this host, or the user of a staff token.
  var user: String
  var role: ConsoleRole
  /// What every form must bring back, so that no other site can send one.
  var csrf: String
  /// When it was begun.
  var startedAt: Microseconds
}
