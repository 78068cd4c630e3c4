/// How often the STK query may be asked, and what happens to those who ask more often.
///
/// The defaults are the sandbox's own, as its fault text states them (captured 2025): 5 messages in 60 s with a burst
/// of 1, which is one every 12 s. The periods are scaled by ``SimulatorConfiguration/pace`` like every delay; the fault
/// text names the unscaled ones.
public struct QueryLimit: Sendable, Equatable {
  /// Queries allowed in each ``period``, spread evenly.
  public var messagesPerPeriod: Int = 5
  /// The period that ``messagesPerPeriod`` counts in.
  public var period: Duration = .seconds(60)
  /// Queries that may follow each other at once after a quiet time.
  public var burst: Int = 1
  /// Refused queries in a row after which the address is answered with a block page on every path.
  public var violationsBeforeBlock: Int = 5
  /// How long the block page stays. Not published by Safaricom; chosen.
  public var block: Duration = .seconds(60)

  /// The sandbox's limit.
  public init() {}
}
