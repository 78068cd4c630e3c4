import Payments
import Store

/// Which payments an unmatched delivery may be about, the likeliest first. Accepts nothing.
struct SuggestMatches: Operation {
  static let name = "inbox-suggest"

  struct Answer: Codable, Sendable { var suggestions: [Suggestion] }

  struct Suggestion: Codable, Hashable, Sendable {
    var transaction: TransactionRecord
    /// What speaks for it, in a sentence.
    var because: String
  }

  var delivery: Int64

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let found = try await desk.delivery(delivery)
    guard let callback = try? found.matchable() else { return Answer(suggestions: []) }
    let candidates = try await desk.store.unnamedTransactions(
      phone: MatchClues(callback).phones.first, since: found.receivedAt - MatchSuggestion.window,
      until: found.receivedAt, limit: BrowsingLimit.page)
    let ranked = MatchSuggestion.ranked(candidates, for: callback, receivedAt: found.receivedAt)
    return Answer(
      suggestions: ranked.map {
        Suggestion(transaction: TransactionRecord($0.transaction, showPhone: false), because: Self.reason($0))
      })
  }

  private static func reason(_ suggestion: MatchSuggestion) -> String {
    let seconds = Int64(suggestion.earlier.magnitude / 1_000_000)
    let span = seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min"
    return (suggestion.samePhone ? "Same phone" : "The phone is not told")
      + (suggestion.sameAmount ? ", same amount" : ", the amount is not told") + ", begun \(span) "
      + (suggestion.earlier < 0 ? "after." : "before.")
  }
}
