/// When a service is alive enough to say so.
///
/// Time is counted in rounds, of which four make the watchdog's interval, and not by a clock: a process that was stopped, or a machine that
/// slept, had no rounds, and no part of it is blamed for having stood still.
public struct WatchdogRounds: Sendable, Hashable {
  /// What a round comes to.
  public enum Verdict: Sendable, Hashable {
    /// All parts get on: the manager is told so.
    case alive
    /// These have stood still for almost as long as they may: nothing is said, so that the manager acts if this process cannot.
    case hesitating([String])
    /// These have stood still for longer than they may.
    case dead([String])
  }

  /// Rounds in one interval. sd_watchdog_enabled(3) asks for two signs of life in it; with four, a part that stood still for less than the
  /// interval never leaves the manager without one for the whole of it.
  public static let perInterval = 4
  /// Rounds before the end of its patience in which a part's silence is passed on.
  static let hesitation = 2

  private struct Part: Sendable, Hashable {
    var name: String
    var patience: Int
    var count: Int?
    var silentRounds = 0
  }

  /// How long a round is.
  public let length: Duration
  private var parts: [Part]

  /// - Parameters:
  ///   - interval: the watchdog's.
  ///   - pulses: the parts that are watched, each with its own patience if that is longer.
  public init(interval: Duration, pulses: [(name: String, patience: Duration)]) {
    let length = interval / Self.perInterval
    self.length = length
    parts = pulses.map { Part(name: $0.name, patience: Int((max($0.patience, interval) / length).rounded(.up))) }
  }

  /// Takes in how far each part is, in the order given at the beginning.
  public mutating func judge(_ counts: [Int]) -> Verdict {
    for (index, count) in zip(parts.indices, counts) {
      parts[index].silentRounds = parts[index].count == count ? parts[index].silentRounds + 1 : 0
      parts[index].count = count
    }
    let dead = parts.filter { $0.silentRounds >= $0.patience }
    guard dead.isEmpty else { return .dead(dead.map(\.name)) }
    let hesitating = parts.filter { $0.silentRounds > $0.patience - Self.hesitation }
    return hesitating.isEmpty ? .alive : .hesitating(hesitating.map(\.name))
  }
}
