public import Daraja
public import Payments

/// Time and chance, as the services see them. Production, tests and simulations differ only in this value.
public struct Timing: Sendable {
  /// The wall clock, microseconds since the epoch, UTC: for what is stored and shown. It may be set at any moment.
  public var now: @Sendable () -> Microseconds
  /// The clock that nobody can set: for waits, budgets and deadlines in memory.
  public var uptime: @Sendable () -> Uptime
  /// The wall clock with how far it can be believed: for decisions about stored times.
  public var reading: @Sendable () -> ClockReading
  /// Waits, on the clock that nobody can set; throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void
  /// A number in 0..<1.
  public var chance: @Sendable () -> Double

  /// Time and chance from these sources. Unless said, the wall clock is one that is never set, by which the
  /// other two go; waits and chance are the system's.
  public init(
    now: @escaping @Sendable () -> Microseconds, uptime: (@Sendable () -> Uptime)? = nil,
    reading: (@Sendable () -> ClockReading)? = nil,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.now = now
    self.uptime = uptime ?? { Uptime(microseconds: now()) }
    self.reading = reading ?? { ClockReading(now: now()) }
    self.sleep = sleep
    self.chance = chance
  }

  /// The system's clocks and random source.
  public static let system = Timing(
    now: { SystemClock.wall }, uptime: { SystemClock.uptime }, reading: { SystemClock.shared.reading },
  )
}
