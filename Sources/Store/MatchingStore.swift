public import Daraja
public import Payments

/// Correlating deliveries that fitted nothing with transactions, by a person's word.
public protocol MatchingStore: Sendable {
  /// Transactions without a CheckoutRequestID whose prompt may have been live, newest first.
  /// - Parameters:
  ///   - phone: only those of this phone; nil for all.
  ///   - since: the first moment of creation.
  ///   - until: the last moment of creation.
  ///   - limit: at most so many, up to ``BrowsingLimit/page``.
  func unnamedTransactions(
    phone: MSISDN?, since: Microseconds, until: Microseconds, limit: Int
  ) async throws -> [Transaction]

  /// Gives a transaction the CheckoutRequestID of a delivery and puts the delivery back to work, in one commit. Both or nothing.
  ///
  /// The delivery stays what it is, a stranger's word: weighing it again settles nothing.
  func match(_ match: Match, with transaction: TransactionID, at now: Microseconds) async throws -> Matching
}

/// What came of a match.
public enum Matching: Hashable, Sendable {
  case matched(before: Transaction, Decision)
  /// The delivery is not there, is not unmatched, or came to a transaction's own address.
  case notMatchable
  case noSuchTransaction
  /// The transaction cannot be the one.
  case objection(MatchObjection)
  /// Another transaction has this CheckoutRequestID: the delivery needs no match, it is to be replayed.
  case taken(by: TransactionID)
}
