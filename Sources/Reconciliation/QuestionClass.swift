/// Why a payment is asked about, which decides how much of the budget it is sure of.
public enum QuestionClass: String, Hashable, Sendable, CaseIterable {
  /// Somebody waits for this payment now: verify, an operator's query, a status request or an open stream or page. One half.
  case watched
  /// Its schedule says so, and it was pushed less than ten minutes ago. One quarter.
  case young
  /// Its schedule says so; all others. One quarter.
  case backlog

  /// The most questions of other classes in a row while this one has some to put.
  ///
  /// Every second question for those who wait: a single one then waits for one question at most, 12 s in the sandbox. A quarter for the young,
  /// of which each needs one question as a rule, and that is due when the shopper is still there. A quarter for the backlog, so that it ends
  /// whatever else is going on. The shares make one whole, so that all can be kept at once.
  public var longestGap: Int {
    switch self {
    case .watched: 1
    case .young, .backlog: 3
    }
  }

  /// The share of all questions that it gets at least while it has some to put.
  public var share: Double { 1 / Double(longestGap + 1) }
}
