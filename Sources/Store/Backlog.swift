public import Daraja

/// What waits, for a glance every few seconds: counted no further than needed, so that a look stays cheap however much there is.
public struct Backlog: Hashable, Sendable {
  /// Where counting ends. A number this high says "at least".
  public static let countedAtMost = 10_000
  /// How many deliveries are looked through for the newest callback: a flood of strangers' must not make a look slow.
  public static let searchedAtMost = 10_000

  /// Deliveries that wait for a worker.
  public var waiting: Int
  /// When the oldest of them came; nil when none waits.
  public var oldestWaiting: Microseconds?
  /// Deliveries that fit no transaction, and wait for a person.
  public var unmatched: Int
  /// Deliveries that cannot be read, and wait for a person.
  public var quarantined: Int
  /// Transactions that wait for a person.
  public var review: Int
  /// When the newest delivery came; nil before the first.
  public var lastDelivery: Microseconds?
  /// When the newest delivery came to a payment's own address, which strangers do not know; nil where none of the newest
  /// ``searchedAtMost`` did.
  public var lastCallback: Microseconds?
  /// Transactions that wait for their customer.
  public var pending: Int
  /// When the oldest transaction began that waits for its customer, and for a person.
  public var oldestPending: Microseconds?
  public var oldestReview: Microseconds?

  /// A backlog; without parts one of nothing.
  public init(
    waiting: Int = 0, oldestWaiting: Microseconds? = nil, unmatched: Int = 0, quarantined: Int = 0, review: Int = 0,
    lastDelivery: Microseconds? = nil, lastCallback: Microseconds? = nil, pending: Int = 0,
    oldestPending: Microseconds? = nil, oldestReview: Microseconds? = nil
  ) {
    self.waiting = waiting
    self.oldestWaiting = oldestWaiting
    self.unmatched = unmatched
    self.quarantined = quarantined
    self.review = review
    self.lastDelivery = lastDelivery
    self.lastCallback = lastCallback
    self.pending = pending
    self.oldestPending = oldestPending
    self.oldestReview = oldestReview
  }
}
