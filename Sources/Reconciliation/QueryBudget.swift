public import Daraja

/// A token bucket over all questions of this process: Safaricom blocks addresses that ask too fast. Counted on the clock that nobody can set.
public struct QueryBudget: Hashable, Sendable {
  /// Time in which one question is earned, in microseconds.
  public private(set) var interval: Microseconds
  /// How many may be saved up.
  public private(set) var burst: Int

  /// The sandbox allows 5 a minute with a burst of 1 (spike-arrest faults captured in 2025). Production limits are agreed per merchant.
  public static let sandbox = QueryBudget(interval: 12_000_000, burst: 1)

  private var spentUntil = Uptime.distantPast

  /// A full bucket. Values below one microsecond or one question are raised to it.
  public init(interval: Microseconds, burst: Int) {
    self.interval = max(interval, 1)
    self.burst = max(burst, 1)
  }

  /// Earns and saves like another one from now on. What was spent stays spent: Safaricom has counted it.
  public mutating func adopt(_ other: QueryBudget) {
    interval = other.interval
    burst = other.burst
  }

  /// How long until the next question may be put, in microseconds; 0 when it may be put now.
  /// - Parameter count: 2 for the one after it, if each is put as soon as it may be, and so on.
  public func wait(for count: Int = 1, at now: Uptime) -> Microseconds {
    // The bucket as one number: the moment at which it would be full again if nothing were taken.
    let full = max(spentUntil, now) + interval * Microseconds(max(count, 1))
    return max(full - now - interval * Microseconds(burst), 0)
  }

  /// Takes one question.
  /// - Returns: nil when it may be put now, else how long until the next one may be, in microseconds.
  public mutating func take(at now: Uptime) -> Microseconds? {
    let wait = wait(at: now)
    guard wait == 0 else { return wait }
    spentUntil = max(spentUntil, now) + interval
    return nil
  }

  /// Takes in that a question was answered: it may have reached Safaricom as late as this, and the next one is earned from then on.
  ///
  /// Counted from the sending, two questions one interval apart arrive closer than that whenever the second is quicker on its way, which
  /// is a spike arrest.
  public mutating func answered(at now: Uptime) {
    spentUntil = max(spentUntil, now + interval)
  }

  /// How many questions could be put at once now.
  public func available(at now: Uptime) -> Int {
    let room = interval * Microseconds(burst)
    return Int(max(room - max(spentUntil - now, 0), 0) / interval)
  }
}
