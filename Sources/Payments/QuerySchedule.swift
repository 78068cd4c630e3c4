public import Daraja

/// When Safaricom is asked about a push that nobody called back about.
///
/// The defaults follow what was measured: a result is final within 90 s as a rule, and queries still answer after two days.
public struct QuerySchedule: Hashable, Sendable {
  /// Offsets from the push, rising, in microseconds. After the last one is answered with nothing, a person decides.
  public let offsets: [Microseconds]
  /// Each wait is lengthened by up to this share of itself, so that many pushes do not ask together.
  public let jitter: Double

  /// 30 s, 60 s, 2, 5, 15, 60 min, 6 h, 24 h, 48 h.
  public static let standard = QuerySchedule(
    seconds: [30, 60, 120, 300, 900, 3_600, 21_600, 86_400, 172_800], jitter: 0.1)

  /// The longest offset taken, in seconds: 90 days. Nobody has seen a query answered that late, and it keeps the arithmetic bounded.
  public static let longestOffset: Double = 7_776_000

  /// A schedule from offsets in seconds; they are sorted, and those that are not positive or above ``longestOffset`` dropped.
  public init(seconds: [Double], jitter: Double) {
    self.offsets = seconds.filter { $0 > 0 && $0 <= Self.longestOffset }.map { Microseconds($0 * 1_000_000) }.sorted()
    self.jitter = Self.share(jitter)
  }

  /// The first question after `now` for a push of `pushedAt`, or nil when the schedule is exhausted.
  ///
  /// Offsets that passed while nobody could ask are skipped: one question catches up on all of them.
  /// - Parameter chance: a number in 0..<1 from the caller's random source.
  public func next(after now: Microseconds, pushedAt: Microseconds, chance: Double) -> Microseconds? {
    let elapsed = now - pushedAt
    guard let offset = offsets.first(where: { $0 > elapsed }) else { return nil }
    let wait = pushedAt + offset - now
    return now + wait + Microseconds(Double(wait) * jitter * Self.share(chance))
  }

  /// Into 0...1; what is not a number counts as 0.
  private static func share(_ value: Double) -> Double { value > 0 ? min(value, 1) : 0 }
}
