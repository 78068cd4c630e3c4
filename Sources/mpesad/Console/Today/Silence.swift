import Daraja

/// Says whether it is unusual that nothing has come for so long: compared with what was paid in the same span of the day on the same
/// weekday of the weeks before.
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

  /// - Parameter usual: the payments in the same span of each week before.
  init(usual: [Int]) {
    let mean = usual.isEmpty ? 0 : Double(usual.reduce(0, +)) / Double(usual.count)
    let tenths = Int((mean * 10).rounded())
    let shown = tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    isUnusual = mean >= Self.usualPayments
    reason =
      usual.reduce(0, +) == 0
      ? "There were no payments at this time in the \(usual.count) weeks before to compare with."
      : "In the same time of the \(usual.count) weeks before there were \(shown) payments on average"
        + (isUnusual ? ": check the callback address and the network." : ", so that none now says little.")
  }

  /// The spans to compare with.
  static func spans(since last: Microseconds, now: Microseconds) -> [Range<Microseconds>] {
    let start = max(last, now - longest)
    guard start < now else { return [] }
    return (1...weeks).map { (start - Microseconds($0) * week)..<(now - Microseconds($0) * week) }
  }
}
