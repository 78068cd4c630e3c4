import ServiceLifecycle

/// Plays scripts: waits for the time of each delivery, posts it, and reports what became of it.
struct Stage: Sendable {
  /// A script on its way to being played.
  struct Performance: Sendable {
    var push: Push
    var script: Script
    /// Real time of acceptance.
    var acceptedAt: Duration
    /// Announced when all that comes before the push's answer has been delivered.
    var mayAnswer = Announcement<Void>()
    /// Announced when the push has been answered, with the real time of it.
    var answered = Announcement<Duration>()
  }

  private let performances: AsyncStream<Performance>
  private let entrance: AsyncStream<Performance>.Continuation
  private let sandbox: Sandbox
  private let clock: SimulatorClock
  private let pace: Double
  private let pushAnswer: Duration

  init(sandbox: Sandbox, clock: SimulatorClock, configuration: SimulatorConfiguration) {
    // The sandbox lets no more prompts live than fit, so nothing is ever dropped here.
    (performances, entrance) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(SimulatorLimits.livePrompts))
    self.sandbox = sandbox
    self.clock = clock
    pace = configuration.pace
    pushAnswer = configuration.delays.pushAnswer * configuration.pace
  }

  /// Hands over a script; nil when the simulator is stopping.
  func begin(_ push: Push, _ script: Script) -> Performance? {
    let performance = Performance(push: push, script: script, acceptedAt: clock.elapsed())
    guard case .enqueued = entrance.yield(performance) else { return nil }
    return performance
  }

  /// Plays until the task is cancelled or gracefully shut down; posts in flight end then too.
  func run(courier: Courier) async {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        for await performance in performances {
          group.addTask { await play(performance, courier) }
        }
        group.cancelAll()
      }
    }
    entrance.finish()
  }

  private func play(_ performance: Performance, _ courier: Courier) async {
    let (push, script) = (performance.push, performance.script)
    for delivery in script.beforeAnswer { await post(delivery, of: push, script.story, courier) }
    performance.mayAnswer.announce(.success(()))
    do {
      // Counted from the answer, so that on a machine too busy to be on time the callback still does not overtake it.
      let start = try await performance.answered.value - pushAnswer
      for delivery in script.deliveries {
        try await clock.sleep(max(.zero, start + delivery.at * pace - clock.elapsed()))
        await post(delivery, of: push, script.story, courier)
      }
    } catch {
      // The simulator is stopping: this callback and those after it never come.
    }
    await sandbox.finished(push.checkoutRequestID)
  }

  private func post(_ delivery: Delivery, of push: Push, _ story: Story, _ courier: Courier) async {
    let result = await courier.post(delivery)
    await sandbox.delivered(delivery, of: push, story: story, result: result)
  }
}
