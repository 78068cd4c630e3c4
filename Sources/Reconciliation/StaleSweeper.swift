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
        let wake = await sweep()
        let wait = max(min(wake - timing.now(), Self.longestSleep), 1_000)
        guard (try? await timing.sleep(.microseconds(wait))) != nil else { return }
      }
    }
  }

  /// Asks what is due, as far as the budget goes.
  /// - Returns: when to look again.
  public func sweep() async -> Microseconds {
    let now = timing.now()
    do {
      let due = try await store.questionsDue(at: now, limit: Self.concurrency)
      guard !due.isEmpty else { return try await store.nextQuestionDue() ?? now + Self.longestSleep }
      // Unstructured on purpose: what was asked is also settled, even while the service is being stopped.
      let questions = due.map { transaction in Task { await questioner.ask(transaction) } }
      var wake = now
      for question in questions {
        switch await question.value {
        case .asked, .notNeeded: continue
        case .later(let until): wake = max(wake, until)
        case .failed: wake = max(wake, now + Self.troubleSleep)
        }
      }
      return wake
    } catch {
      audit.trouble("The schedule of questions cannot be read.", error)
      return now + Self.troubleSleep
    }
  }
}
