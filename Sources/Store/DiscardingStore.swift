public import Daraja
public import Payments

/// Removing messages of the inbox by a person's word.
public protocol DiscardingStore: Sendable {
  /// Takes messages that are unmatched or quarantined out of the inbox's lists: their bytes are removed and overwritten, while hash, size,
  /// reason and actor stay. One commit; durable when it returns.
  ///
  /// Those in any other state are not touched, so that to do it twice is harmless.
  /// - Parameter messages: few enough for one commit.
  /// - Returns: those that were discarded.
  func discard(_ messages: [DeliveryID], who: String, why: String, at now: Microseconds) async throws -> [DeliveryID]
}
