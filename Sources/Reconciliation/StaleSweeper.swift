import Daraja
public import ServiceLifecycle

/// Has the questioner ask about every payment whose callback did not come, when its schedule says so, and about those that somebody waits for.
public struct StaleSweeper: Service {
  /// The longest time between two looks at the schedule, in microseconds: something may have brought a question forward.
  static let longestSleep: Microseconds = 1_000_000
  /// The shortest, so that it never spins.
  static let shortestSleep: Microseconds = 1_000
  /// The wait after the store failed.
  static let troubleSleep: Microseconds = 5_000_000

  /// The longest that one look may take. It reads a few rows and waits for no answer of Safaricom's; but a disk may be slow, and after the clock
  /// was set back it brings many questions forward.
  public static let longestTurn = Duration.seconds(180)

  /// Each look at the schedule.
  public let turns = Turns()

  private let questioner: Questioner
  private let timing: Timing

  /// Sweeps with this questioner, for which there is no other sweeper.
  public init(questioner: Questioner, timing: Timing) {
    self.questioner = questioner
    self.timing = timing
  }

  /// Runs until graceful shutdown or cancellation; questions that are out are finished.
  public func run() async throws {
    let stopping = Stopping()
    let wake = questioner.wake
    await withTaskCancellationOrGracefulShutdownHandler {
      var timer: Task<Void, any Error>?
      wake.yield()
      for await _ in questioner.wakes where !stopping.isSet {
        timer?.cancel()
        turns.next()
        let wait = Self.sleep(after: await questioner.look().wait)
        timer = Task {
          try await timing.sleep(.microseconds(wait))
          wake.yield()
        }
      }
      timer?.cancel()
      await questioner.finish()
    } onCancelOrGracefulShutdown: {
      stopping.set()
      wake.finish()
    }
  }

  /// Asks what is due, as far as the budget goes, and waits until that is answered.
  /// - Returns: how long to wait before looking again, in microseconds; nil when the store failed.
  public func sweep() async -> Microseconds? {
    turns.next()
    let look = await questioner.look()
    var failed = false
    for question in look.begun { if await question.value == .failed { failed = true } }
    guard !failed, look.wait != nil else { return nil }
    return look.isFull ? 0 : look.wait
  }

  private static func sleep(after wait: Microseconds?) -> Microseconds {
    wait.map { max(min($0, longestSleep), shortestSleep) } ?? troubleSleep
  }
}
