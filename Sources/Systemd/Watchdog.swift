public import Logging

/// Tells the service manager that the service is alive for as long as all of its parts get on, and asks to be ended when one does not.
///
/// It runs like every other task of the service: where tasks no longer run at all, the manager hears nothing and acts by itself.
public struct Watchdog: Sendable {
  private let interval: Duration
  private let pulses: [Pulse]
  private let notifier: any ServiceNotifying
  private let logger: Logger
  private let sleep: @Sendable (Duration) async throws -> Void

  /// - Parameters:
  ///   - interval: the longest silence that the manager bears, see ``WatchdogInterval``.
  ///   - pulses: the parts that must get on.
  ///   - logger: told which part does not.
  ///   - sleep: waits; throws when the task is cancelled.
  public init(
    interval: Duration, pulses: [Pulse], notifier: any ServiceNotifying, logger: Logger,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.interval = interval
    self.pulses = pulses
    self.notifier = notifier
    self.logger = logger
    self.sleep = sleep
  }

  /// Runs until its task is cancelled.
  public func run() async {
    var rounds = WatchdogRounds(interval: interval, pulses: pulses.map { ($0.name, $0.patience) })
    var wasDead = false
    while !Task.isCancelled {
      switch rounds.judge(pulses.map { $0.count() }) {
      case .alive: notifier.notify(.watchdog)
      case .hesitating: break
      case .dead(let names):
        let what = "Stands still: \(names.joined(separator: ", ")). The service manager is asked for a restart."
        if !wasDead { logger.critical("\(what)") }
        wasDead = true
        notifier.notify(.status(what), .watchdogTrigger)
      }
      guard (try? await sleep(rounds.length)) != nil else { return }
    }
  }
}
