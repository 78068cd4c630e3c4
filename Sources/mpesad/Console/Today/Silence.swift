import Daraja

/// Says whether it is unusual that Safaricom has called nobody back for so long: compared with what was paid in the same span of the day on
/// the same weekday of the weeks before.
struct Silence: Hashable, Sendable {
  /// How many weeks are looked back at.
  static let weeks = 4
  /// Where so many payments are usual in a span, none at all comes about by chance less than once in a hundred times (Poisson: e^-5).
  static let usualPayments = 5.0
  /// A longer silence than a day is compared as a day's.
  static let longest: Microseconds = 86_400_000_000
  static let week: Microseconds = 7 * 86_400_000_000

  /// Whether somebody should look.
  let isUnusual: Bool
  /// How it was judged, in a sentence.
  let reason: String

  /// - Parameters:
  ///   - lasting: for how long nothing has come.
  ///   - usual: the payments in the same span of each week before.
  init(lasting: Microseconds, usual: [Int]) {
    let span = TodayView.span(min(lasting, Self.longest))
    guard !usual.isEmpty else {
      isUnusual = false
      reason = "There is no earlier week to compare with."
      return
    }
    let mean = Double(usual.reduce(0, +)) / Double(usual.count)
    let tenths = Int((mean * 10).rounded())
    let shown = tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    let weeks =
      usual.count == 1 ? "In the same \(span) a week ago" : "In the same \(span) of the last \(usual.count) weeks"
    let payments = "\(shown) \(tenths == 10 ? "payment" : "payments")" + (usual.count == 1 ? "" : " on average")
    isUnusual = mean >= Self.usualPayments
    reason =
      "\(weeks) there were \(payments); "
      + (isUnusual
        ? "where 5 or more are usual, none at all comes about by chance less than once in a hundred times."
        : "fewer than 5, so that none now may well be chance.")
  }

  /// The spans to compare with.
  /// - Parameter first: when the shop had its first payment; before it no pace was usual.
  static func spans(since last: Microseconds, now: Microseconds, first: Microseconds?) -> [Range<Microseconds>] {
    let start = max(last, now - longest)
    guard start < now, let first else { return [] }
    return (1...weeks).map { (start - Microseconds($0) * week)..<(now - Microseconds($0) * week) }
      .filter { $0.lowerBound >= first }
  }
}
