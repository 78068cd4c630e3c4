import Logging
import Reconciliation
import Store
import Systemd

/// What the service manager is told of the daemon, from its start to its end; off systemd, nothing.
struct Supervision: Sendable {
  /// How often the status is looked at.
  static let statusInterval = Duration.seconds(2)

  let notifier: any ServiceNotifying
  /// The longest silence that the manager bears; nil where it does not watch.
  let watchdogInterval: Duration?
  let logger: Logger
  var sleep = Timing.system.sleep

  /// Tells the manager of this process, if it has one.
  init(logger: Logger) {
    self.init(
      notifier: SystemdNotifier.hasListener ? SystemdNotifier(logger: logger) : .silent,
      watchdogInterval: WatchdogInterval.ofThisProcess, logger: logger)
  }

  /// Tells this listener.
  init(notifier: any ServiceNotifying, watchdogInterval: Duration? = nil, logger: Logger) {
    self.notifier = notifier
    self.watchdogInterval = watchdogInterval
    self.logger = logger
  }

  /// Starts something that may take long, such as a migration.
  func starting<Value: Sendable>(_ start: () async throws -> Value) async rethrows -> Value {
    notifier.notify(.status("Starting: opening the database"))
    let patience = Task { [notifier, sleep] in
      await TimeoutExtension.ask(notifier, atMost: TimeoutExtension.longestStart, sleep: sleep)
    }
    defer { patience.cancel() }
    return try await start()
  }

  /// Says how the ready daemon is until it begins to stop, and that it is alive until the task is cancelled.
  func accompany(pulses: [Pulse], status: @escaping @Sendable () async -> String, until stop: StopSignal) async {
    await withDiscardingTaskGroup { group in
      if let watchdogInterval {
        let watchdog = Watchdog(
          interval: watchdogInterval, pulses: pulses, notifier: notifier, logger: logger, sleep: sleep)
        group.addTask { await watchdog.run() }
      }
      group.addTask { await tell(status, until: stop) }
    }
  }

  /// Says that the daemon stops, and asks for the time that it takes, until the task is cancelled.
  func stop() async {
    notifier.notify(.stopping, .status("Stopping: finishing what is under way"))
    await TimeoutExtension.ask(notifier, atMost: TimeoutExtension.longestStop, sleep: sleep)
  }

  /// Says why the daemon ends.
  func failed(_ error: any Error) {
    notifier.notify([.status("Failed: \(ErrorText.of(error))")] + (ErrorNumber.of(error).map { [.errno($0)] } ?? []))
  }

  private func tell(_ status: @Sendable () async -> String, until stop: StopSignal) async {
    var last: String?
    while (try? await sleep(Self.statusInterval)) != nil {
      let now = await status()
      guard !stop.isSet, !Task.isCancelled else { return }
      if now != last { notifier.notify(.status(now)) }
      last = now
    }
  }
}
