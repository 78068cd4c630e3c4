import Crypto
import Daraja
import Payments
import Store

/// Who is signed in to the console.
struct ConsoleSessions: Sendable {
  /// How long a session lives without being used, in microseconds: half an hour, since consoles are left open in shops.
  static let idleLimit: Microseconds = 30 * 60 * 1_000_000
  /// How long it lives in any case: a working day.
  static let lifetime: Microseconds = 12 * 3_600 * 1_000_000
  /// How often its use is written down at most.
  static let useInterval: Microseconds = 60 * 1_000_000
  /// The longest cookie that is looked at, in bytes; ours have 43.
  static let longestCookie = 64

  let store: any ConsoleStore

  /// Begins one.
  /// - Parameter cookie: an unguessable text for the browser.
  func begin(cookie: String, user: String, role: ConsoleRole, at clock: ClockReading) async throws {
    let now = clock.now
    try await store.endSessions(startedBefore: now - Self.lifetime, usedBefore: now - Self.idleLimit)
    try await store.begin(
      StoredSession(hash: Self.hash(cookie), user: user, role: role.rawValue, startedAt: now))
  }

  /// The session of a cookie; nil when there is none, or no longer.
  func find(_ cookie: String?, at clock: ClockReading) async throws -> ConsoleSession? {
    guard let cookie, !cookie.isEmpty, cookie.utf8.count <= Self.longestCookie,
      let found = try await store.session(hash: Self.hash(cookie)), let role = ConsoleRole(rawValue: found.role)
    else { return nil }
    guard Self.goesOn(found, at: clock.now) else {
      // For good: it must not come back to life when the clock is set back.
      try await store.endSession(hash: found.hash)
      return nil
    }
    if abs(clock.now - found.usedAt) >= Self.useInterval { try await store.use(hash: found.hash, at: clock.now) }
    return ConsoleSession(user: found.user, role: role, csrf: Self.csrf(cookie), startedAt: found.startedAt)
  }

  /// Whether a session is not over. By the wall clock alone: while that is wrong, people sign in again, and nobody else gets in.
  private static func goesOn(_ session: StoredSession, at now: Microseconds) -> Bool {
    let ages = [(now - session.startedAt, lifetime), (now - session.usedAt, idleLimit)]
    return ages.allSatisfy { age, limit in age < limit && age > -ClockReading.slack }
  }

  /// Ends one.
  func end(_ cookie: String) async throws { try await store.endSession(hash: Self.hash(cookie)) }

  /// What the forms of a session bring back. Made of the cookie, so that nothing more has to be kept.
  static func csrf(_ cookie: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("csrf".utf8), using: SymmetricKey(data: Array(cookie.utf8)))
    return code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  private static func hash(_ cookie: String) -> [UInt8] { Array(SHA256.hash(data: Array(cookie.utf8))) }
}
