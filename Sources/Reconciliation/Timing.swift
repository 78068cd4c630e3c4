public import Daraja

#if canImport(Glibc)
  import Glibc
#endif

/// Time and chance, as the services see them. Production, tests and simulations differ only in this value.
public struct Timing: Sendable {
  /// The time, microseconds since the epoch, UTC.
  public var now: @Sendable () -> Microseconds
  /// Waits; throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void
  /// A number in 0..<1.
  public var chance: @Sendable () -> Double

  /// Time and chance from these sources.
  public init(
    now: @escaping @Sendable () -> Microseconds, sleep: @escaping @Sendable (Duration) async throws -> Void,
    chance: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.sleep = sleep
    self.chance = chance
  }

  /// The system's clock and random source.
  public static let system = Timing(
    now: {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Microseconds(time.tv_sec) * 1_000_000 + Microseconds(time.tv_nsec) / 1_000
    },
    sleep: { try await Task.sleep(for: $0) },
    chance: { Double.random(in: 0..<1) })
}
