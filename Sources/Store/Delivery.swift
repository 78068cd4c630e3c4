public import Daraja
public import NIOCore
public import Payments

/// What came to a callback address, before it has a row.
public struct NewDelivery: Sendable {
  /// The bytes of the body, exactly as they came.
  public var body: ByteBuffer
  /// When the last of them came.
  public var receivedAt: Microseconds
  /// The peer's address without its port.
  public var source: String
  /// What the token in the address proves, or nil for the bare address.
  public var token: ProvenToken?

  /// A delivery as it came.
  public init(body: ByteBuffer, receivedAt: Microseconds, source: String, token: ProvenToken?) {
    self.body = body
    self.receivedAt = receivedAt
    self.source = source
    self.token = token
  }
}

/// Where a delivery stands. Nothing that proves anything is ever dropped: each state is listed for people. What proves nothing has a budget,
/// see ``UnprovenBudget``.
public enum DeliveryState: String, Hashable, Sendable, CaseIterable {
  /// Not looked at yet.
  case received
  /// Its evidence was weighed and the result committed.
  case settled
  /// No transaction fits yet; it is tried again.
  case parked
  /// No transaction fitted for the whole parking time.
  case unmatched
  /// It cannot be read, or it stopped the program too often.
  case quarantined
  /// It was unmatched or quarantined, and a person removed it: its bytes are gone, and the note says who, why and what their hash was.
  case discarded

  /// Whether nothing is to be done with it any more.
  public var isFinal: Bool { self == .settled || self == .discarded }
}

/// One row of the inbox.
public struct Delivery: Sendable {
  /// The longest time between two attempts to settle a parked delivery, in microseconds. One whose next attempt lies further ahead was
  /// parked by a clock that was wrong: it is due.
  public static let longestDeferral: Microseconds = 60_000_000

  /// Its number, in the order of arrival.
  public var id: DeliveryID
  /// The bytes of the body, exactly as they came.
  public var body: [UInt8]
  /// When they came.
  public var receivedAt: Microseconds
  /// The peer's address without its port.
  public var source: String
  /// What the token in the address proves, or nil for the bare address. The transaction need not be here.
  public var token: ProvenToken?
  /// Where it stands.
  public var state: DeliveryState
  /// How often work on it was begun. Counted before the work, so that a body that stops the program is noticed.
  public var attempts: Int
  /// Why it is where it is, for people; nil while nothing is to be said.
  public var note: String?
  /// The transaction it was settled with.
  public var transaction: TransactionID?
  /// Whether its bytes were removed: its body is empty now, and it can be neither read nor replayed.
  public var isPurged = false

  /// Whether it came to this transaction's own address.
  public func isProof(of transaction: Transaction) -> Bool { token == transaction.token }
}

/// How an accepted delivery was made durable.
public enum Acceptance: Hashable, Sendable {
  /// It has its row.
  case stored(DeliveryID)
  /// The database could not commit; the bytes are synced in the spool and taken in when it can.
  case spooled
}
