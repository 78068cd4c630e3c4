public import Daraja

/// A transaction that an unmatched callback may be about. Only a person decides whether it is.
public struct MatchSuggestion: Hashable, Sendable {
  /// How long before the callback's arrival a push may have been begun, in microseconds. A prompt is answered within minutes; Safaricom has
  /// been an hour late.
  public static let window: Microseconds = 3_600_000_000
  /// How long after the push's own time it may seem to have been begun, in microseconds: Safaricom's clock has been 97 s off.
  public static let clockSlack: Microseconds = 120_000_000
  /// Suggestions for one callback at most: more than a person would compare.
  public static let maximum = 10

  /// The transaction.
  public var transaction: Transaction
  /// Whether the callback names its phone.
  public var samePhone: Bool
  /// Whether the callback names its amount.
  public var sameAmount: Bool
  /// How long before the push, as the CheckoutRequestID tells its time, or else before the callback's arrival, it was begun, in microseconds.
  public var earlier: Microseconds

  /// The transactions that a callback may be about, the likeliest first: those whose phone it names, then those whose amount it names, then
  /// those begun nearest to it.
  /// - Parameters:
  ///   - candidates: any transactions.
  ///   - receivedAt: when the callback came.
  public static func ranked(
    _ candidates: [Transaction], for callback: STKCallback, receivedAt: Microseconds
  ) -> [MatchSuggestion] {
    let clues = MatchClues(callback)
    let suggestions = candidates.compactMap { candidate -> MatchSuggestion? in
      guard candidate.createdAt <= receivedAt, candidate.createdAt >= receivedAt - window,
        candidate.createdAt <= clues.pushedAt.map({ $0 + clockSlack }) ?? receivedAt,
        candidate.objection(to: clues) == nil
      else { return nil }
      return MatchSuggestion(
        transaction: candidate, samePhone: clues.phones.contains(candidate.phone),
        sameAmount: clues.amount == candidate.amount,
        earlier: (clues.pushedAt ?? receivedAt) - candidate.createdAt)
    }
    return Array(suggestions.sorted { $0.rank < $1.rank }.prefix(maximum))
  }

  private var rank: (Int, Int, UInt64, TransactionID) {
    (samePhone ? 0 : 1, sameAmount ? 0 : 1, earlier.magnitude, transaction.id)
  }
}
