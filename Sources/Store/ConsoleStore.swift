public import Daraja
public import Payments

/// Somebody's stay in the operator's console, as it is kept. What the browser holds is not: only its hash.
public struct StoredSession: Hashable, Sendable {
  /// The SHA-256 of the cookie's value.
  public var hash: [UInt8]
  /// Who it is.
  public var user: String
  /// What they may do, as the console names it.
  public var role: String
  /// When it was begun.
  public var startedAt: Microseconds
  /// When it was used last, give or take a minute.
  public var usedAt: Microseconds

  /// A session that is used for the first time when it begins.
  public init(hash: [UInt8], user: String, role: String, startedAt: Microseconds, usedAt: Microseconds? = nil) {
    self.hash = hash
    self.user = user
    self.role = role
    self.startedAt = startedAt
    self.usedAt = usedAt ?? startedAt
  }
}

/// Something that a person did to this installation, or looked at.
public struct OperatorAction: Hashable, Sendable {
  /// Its number in the trail; 0 before it is stored.
  public var id: Int64
  /// When it was done.
  public var at: Microseconds
  /// Who: a login name of the host, or a user of the console.
  public var actor: String
  /// What, as the end of a sentence that begins with the actor.
  public var what: String
  /// The payment that it is about, where it is about one.
  public var transaction: TransactionID?
  /// The reason that was given, where one was.
  public var why: String?

  /// An action; its number is given when it is stored.
  public init(
    id: Int64 = 0, at: Microseconds, actor: String, what: String, transaction: TransactionID? = nil, why: String? = nil
  ) {
    self.id = id
    self.at = at
    self.actor = actor
    self.what = what
    self.transaction = transaction
    self.why = why
  }
}

/// What the operator's console keeps: who is signed in, and what was done.
public protocol ConsoleStore: Sendable {
  /// Keeps a session. Where there are more than ``sessionCapacity`` then, those that were used the longest ago end.
  func begin(_ session: StoredSession) async throws
  /// The session of a cookie, however old it is.
  func session(hash: [UInt8]) async throws -> StoredSession?
  /// Notes that a session is used.
  func use(hash: [UInt8], at now: Microseconds) async throws
  /// Ends a session; nothing where there is none.
  func endSession(hash: [UInt8]) async throws
  /// Ends the sessions that began, or were last used, before these moments.
  func endSessions(startedBefore: Microseconds, usedBefore: Microseconds) async throws
  /// Adds to the trail of what people did.
  func record(_ actions: [OperatorAction]) async throws
  /// The trail, the newest first.
  /// - Parameter before: only what has a smaller number.
  func actions(before: Int64?, limit: Int) async throws -> [OperatorAction]
}

extension ConsoleStore {
  /// How many people are signed in at once at most; a merchant's staff with several browsers each, and room.
  public static var sessionCapacity: Int { 500 }
}
