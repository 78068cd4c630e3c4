import Foundation

/// The times that the simulator lives by, injected so that tests need not wait for them.
struct SimulatorClock: Sendable {
  /// Microseconds since the epoch, UTC, for what goes over the wire.
  var wall: @Sendable () -> Int64
  /// Real time since some fixed moment; never goes back.
  var elapsed: @Sendable () -> Duration
  /// Waits for a span of real time. Throws when the task is cancelled.
  var sleep: @Sendable (Duration) async throws -> Void

  static func system() -> SimulatorClock {
    let start = ContinuousClock.now
    return SimulatorClock(
      wall: { Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)) },
      elapsed: { ContinuousClock.now - start },
      sleep: { try await Task.sleep(for: $0) })
  }
}
