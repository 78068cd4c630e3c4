import Systemd

/// Asks the service manager for patience while the daemon starts or stops, again and again up to a bound: then it is more likely to hang
/// than to work, and the manager is right to lose patience.
enum TimeoutExtension {
  /// The time between two requests, and how much each asks for.
  static let interval = Duration.seconds(5)
  static let step = Duration.seconds(20)
  /// A migration of a large database, or taking in what a crash left of its log.
  static let longestStart = Duration.seconds(3_600)
  /// Requests in flight, the workers' round, and the last checkpoint.
  static let longestStop = Duration.seconds(300)

  /// Asks until the task is cancelled, or the bound is reached.
  static func ask(
    _ notifier: any ServiceNotifying, atMost limit: Duration,
    sleep: @Sendable (Duration) async throws -> Void
  ) async {
    var left = limit
    while left > .zero, (try? await sleep(interval)) != nil {
      notifier.notify(.extendTimeout(by: step))
      left -= interval
    }
  }
}
