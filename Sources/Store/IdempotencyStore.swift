public import Daraja
public import Payments

/// A request that came with a key of its sender's, so that sending it twice does its work once.
public struct KeyedRequest: Hashable, Sendable {
  /// How long a key counts, in microseconds: a day, as the payment services that clients know keep theirs at least.
  public static let lifetime: Microseconds = 86_400_000_000

  /// Who sent it. Keys of different users never meet.
  public var user: String
  /// What it asks for. The same key means another request at another route.
  public var route: String
  /// The sender's key.
  public var key: String
  /// A digest of the body, so that another request under the same key is noticed.
  public var fingerprint: [UInt8]

  /// A request with all its parts.
  public init(user: String, route: String, key: String, fingerprint: [UInt8]) {
    self.user = user
    self.route = route
    self.key = key
    self.fingerprint = fingerprint
  }
}

/// What a request was answered, to be answered again.
public struct KeptAnswer: Hashable, Sendable {
  /// The HTTP status.
  public var status: Int
  /// The Location header, if there was one.
  public var location: String?
  /// The bytes of the body.
  public var body: [UInt8]

  /// An answer with its parts.
  public init(status: Int, location: String? = nil, body: [UInt8]) {
    self.status = status
    self.location = location
    self.body = body
  }
}

/// What is known of a key.
public enum Reservation: Hashable, Sendable {
  /// It is new, or its time is over: the work may be done.
  case fresh
  /// The work was done; this was the answer.
  case answered(KeptAnswer)
  /// The work was begun and its answer never kept, as after a crash. Transactions with a greater number may be its work.
  case unfinished(after: TransactionID)
  /// The key was used for another request.
  case mismatch
}

/// What must last of requests with a key. Answers are kept for as long as the caller says; a key older than that is as good as new.
public protocol IdempotencyStore: Sendable {
  /// What is known of a request's key. Writes nothing.
  /// - Parameter cutoff: keys that were reserved before it count as never used.
  func reservation(of request: KeyedRequest, since cutoff: Microseconds) async throws -> Reservation

  /// Reserves the key if it is free, and says what was known of it. The reservation is on the disk when this returns `fresh`.
  func reserve(_ request: KeyedRequest, since cutoff: Microseconds, at now: Microseconds) async throws -> Reservation

  /// Keeps the answer of a reserved request.
  func keep(_ answer: KeptAnswer, for request: KeyedRequest) async throws

  /// Gives the key back: nothing was done under it.
  func release(_ request: KeyedRequest) async throws

  /// The transaction that an unfinished request may have made: the first for this order and phone after that one whose prompt may have
  /// reached somebody.
  func transaction(for order: OrderID, phone: MSISDN, after last: TransactionID) async throws -> Transaction?

  /// Makes an order and keeps the answer for it, both in one commit, unless the key is taken.
  /// - Returns: whether the order was made now, and what is known of the key afterwards: then it is answered.
  func createOrder(
    _ order: NewOrder, for request: KeyedRequest, since cutoff: Microseconds, at now: Microseconds,
    answer: @escaping @Sendable (Order) -> KeptAnswer
  ) async throws -> (isNew: Bool, known: Reservation)

  /// Forgets keys that were reserved before a moment, oldest first. Keys that were reserved later than now, by a clock that was wrong, count as
  /// reserved now.
  /// - Returns: how many were forgotten; fewer than `limit` when none is left.
  func forgetKeys(before cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Int
}
