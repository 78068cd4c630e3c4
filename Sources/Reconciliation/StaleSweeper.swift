public import Daraja
import Payments
public import ServiceLifecycle
public import Store

/// Asks about every payment whose callback did not come, when its schedule says so.
public struct StaleSweeper: Service {
  /// How many questions are out at once.
  static let concurrency = 4
  /// The longest time between two looks at the schedule: something may have brought a question forward.
  static let longestSleep: Microseconds = 1_000_000
  /// The wait after the store failed.
  static let troubleSleep: Microseconds = 5_000_000

  /// The longest that one look may take, as long as Safaricom answers or its deadlines end the waiting: a question and the access token it
  /// may need, each tried twice.
  public static let longestTurn = Duration.seconds(180)

  /// Each look at the schedule.
  public let turns = Turns()

  private let store: any PaymentStore
  private let questioner: Questioner
  private let timing: Timing
  private let audit: Audit

  /// Sweeps this store with this questioner.
  public init(store: any PaymentStore, questioner: Questioner, timing: Timing, audit: Audit) {
    self.store = store
    self.questioner = questioner
    self.timing = timing
    self.audit = audit
  }

  /// Runs until graceful shutdown or cancellation; a question that is out is finished.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let wait = await sweep().map { max(min($0 - timing.now(), Self.longestSleep), 1_000) } ?? Self.troubleSleep
        guard (try? await timing.sleep(.microseconds(wait))) != nil else { return }
      }
    }
  }

  /// Asks what is due, as far as the budget goes.
  /// - Returns: when to look again; nil when the store failed.
  public func sweep() async -> Microseconds? {
    turns.next()
    let now = timing.now()
    do {
      let due = try await store.questionsDue(at: now, limit: Self.concurrency)
      guard !due.isEmpty else { return try await store.nextQuestionDue() ?? now + Self.longestSleep }
      // Begun one after the other, so that the most overdue get what the budget gives.
      var questions: [Task<AskOutcome, Never>] = []
      for transaction in due { questions.append(await questioner.begin(transaction.id)) }
      var wake = now
      var failed = false
      for question in questions {
        switch await question.value {
        case .asked, .notNeeded, .notConfigured: continue
        case .later(let until): wake = max(wake, until)
        case .failed: failed = true
        }
      }
      return failed ? nil : wake
    } catch {
      if !Task.isCancelled { audit.trouble("The schedule of questions cannot be read.", error) }
      return nil
    }
  }
}
