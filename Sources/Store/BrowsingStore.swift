public import Payments

/// Looking through what was kept, a page at a time. However much there is, a page takes milliseconds and disturbs nobody.
public protocol BrowsingStore: Sendable {
  /// Transactions that a filter admits, newest first: by time of creation, and by number where that is the same.
  /// - Parameters:
  ///   - last: the page begins behind this one; ``TransactionPage/next`` of the page before.
  ///   - limit: at most so many, from 1 to ``BrowsingLimit/page``.
  func transactions(_ filter: TransactionFilter, after last: TransactionID?, limit: Int) async throws -> TransactionPage

  /// Deliveries that a filter admits, newest first.
  ///
  /// Times are found exactly as long as the clock was never set back by more than ``BrowsingLimit/clockSlack``.
  /// - Parameters:
  ///   - last: the page begins behind this one; ``DeliveryPage/next`` of the page before.
  ///   - limit: at most so many, from 1 to ``BrowsingLimit/page``.
  func deliveries(_ filter: DeliveryFilter, after last: DeliveryID?, limit: Int) async throws -> DeliveryPage

  /// The deliveries of a transaction, oldest first: those settled with it, and those that came to its own address and could not be.
  /// - Parameter limit: at most so many, the oldest.
  func deliveries(of transaction: TransactionID, limit: Int) async throws -> [Delivery]
}

/// Bounds on looking through.
public enum BrowsingLimit {
  /// Rows on one page at most.
  public static let page = 500
  /// Inbox rows looked at for one page at most. This many are read in some ten milliseconds.
  public static let deliveriesLookedAt = 20_000
  /// How far the inbox may be out of order in time, in microseconds: connections are served side by side, and clocks are corrected.
  public static let clockSlack: Int64 = 60_000_000
}

/// Putting deliveries back to work.
public protocol ReplayingStore: Sendable {
  /// Puts deliveries that were given up back in line: they are read and weighed again at once, as if none of it had been tried.
  ///
  /// Only what is unmatched or quarantined and still has its bytes is touched, so that to do it twice is harmless.
  /// - Parameter note: for people, until something else is to be said.
  /// - Returns: those that were put back.
  func replay(_ deliveries: [DeliveryID], note: String, at now: Int64) async throws -> [DeliveryID]
}
