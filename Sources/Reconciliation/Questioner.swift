public import Daraja
public import Payments
public import Store

/// Asks Safaricom about payments, within one budget and behind one breaker for the whole process.
///
/// Three classes share the budget (``QuestionClass``): payments that somebody waits for have places in a queue; the others are found in the
/// store by their schedule. ``look()`` puts what may be put now; the ``StaleSweeper`` calls it whenever the next question is earned.
public actor Questioner: Asking {
  /// The least time between two questions about one transaction that somebody asks for, in microseconds: a payment changes as
  /// fast as a shopper types a PIN, and one that is asked about without end would take the budget from all others.
  public static let leastGap: Microseconds = 10_000_000
  /// How long somebody who wants an answer now is kept waiting for the question to be put, in microseconds. It is well below the time after
  /// which clients and proxies give up (30 s and more), with room for Safaricom's answer.
  public static let patience: Microseconds = 5_000_000
  /// What one question is taken to last when somebody is told when its answer will be there, in microseconds: nine of ten of the sandbox's
  /// answers took at most 1.5 s (130 captured in 2025).
  static let answerAllowance: Microseconds = 2_000_000
  /// How long after the promised time an answer is still given to whoever was told to come again then, in microseconds.
  static let keptAfterPromise: Microseconds = 30_000_000
  /// The most answers and promises that are remembered.
  static let memory = 1_024

  /// The least time between two log lines that say that the budget is used up, in microseconds: under load it is all the time.
  static let exhaustedLineGap: Microseconds = 60_000_000
  /// How long a question waits where there is nobody to put it to, in microseconds.
  static let idleRest: Microseconds = 5_000_000
  /// How many questions of the schedule are out at once.
  static let scheduledAtOnce = 4
  /// How many payments that there is nothing to ask about are written down at once, beside those: each is one commit.
  static let notAskableAtOnce = 4
  /// How many questions that somebody waits for are out at once: while Safaricom does not answer, each is out for its deadlines.
  static let watchedAtOnce = 16

  /// A question that is out.
  struct Flight {
    var task: Task<AskOutcome, Never>
    /// Nil where there is nothing to ask about, which is only written down.
    var questionClass: QuestionClass?
  }

  /// What becomes of somebody who waits for a question to be put.
  enum Turn {
    /// It is out; nil for a probe, which its caller puts.
    case put(Task<AskOutcome, Never>?)
    case notNeeded, notYet
  }

  /// Somebody who was told to come again.
  struct Debt: Hashable {
    var id: TransactionID
    var caller: String
  }

  let store: any PaymentStore
  /// Nil while settings are missing: then every question waits.
  var daraja: (any DarajaAPI)?
  var schedule: QuerySchedule
  let timing: Timing
  let audit: Audit
  var budget: QueryBudget
  var breaker: CircuitBreaker
  var shares = QuestionShares()
  var queue = WatchedQueue()
  var flights: [TransactionID: Flight] = [:]
  var waiters: [WatchedQueue.Question: [Int: CheckedContinuation<Turn, Never>]] = [:]
  /// What came of the last question about each payment that was asked about lately.
  var answers: [TransactionID: (at: Uptime, outcome: AskOutcome)] = [:]
  /// Who was told to come again: from when on an answer is theirs, and until when.
  var debts: [Debt: (since: Uptime, until: Uptime)] = [:]
  /// The classes besides the watched one that had a question due at the last look, and when the next one after that is.
  var othersDue: Set<QuestionClass> = []
  var nextDue = Uptime.distantPast
  /// What could not be committed lately.
  var failures = CommitFailures()
  /// How many questions have come to an end. What was read of a transaction before one ended may be out of date.
  var ended = 0
  var counts: [QuestionClass: Int] = [:]
  private var saysExhaustedFrom = Uptime.distantPast
  private var number = 0

  /// Ticks when it is worth looking again earlier than ``look()`` said. For one listener.
  nonisolated let wakes: AsyncStream<Void>
  nonisolated let wake: AsyncStream<Void>.Continuation

  /// One for each process.
  public init(
    store: any PaymentStore, daraja: (any DarajaAPI)?, schedule: QuerySchedule, budget: QueryBudget,
    breaker: CircuitBreaker = CircuitBreaker(), timing: Timing, audit: Audit
  ) {
    self.store = store
    self.daraja = daraja
    self.schedule = schedule
    self.budget = budget
    self.breaker = breaker
    self.timing = timing
    self.audit = audit
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Puts questions to another client, or to none, from now on. Questions that are out are finished as they were begun; what was spent of
  /// the budget, and the breaker, stay as they are.
  public func adopt(_ daraja: (any DarajaAPI)?, schedule: QuerySchedule, budget: QueryBudget) {
    self.daraja = daraja
    self.schedule = schedule
    self.budget.adopt(budget)
    wake.yield()
  }

  /// How much may be asked now.
  public struct Standing: Hashable, Sendable {
    /// Questions that the budget allows at once.
    public var available: Int
    /// How long the breaker keeps all questions back, in microseconds; nil while it does not.
    public var rest: Microseconds?
    /// How many questions somebody waits for.
    public var watched: Int
    /// How many were put since the start.
    public var asked: [QuestionClass: Int]
    /// Whether the breaker keeps all questions back.
    public var isBreakerOpen: Bool { rest != nil }
  }

  /// How much may be asked now.
  public var standing: Standing {
    let now = timing.uptime()
    let rest: Microseconds? = if case .open(let until) = breaker.state, until > now { until - now } else { nil }
    return Standing(available: budget.available(at: now), rest: rest, watched: queue.count, asked: counts)
  }

  /// How many questions of the schedule are due, of each class.
  public func waiting() async throws -> [QuestionClass: Int] {
    let due = try await store.countQuestionsDue(at: timing.now(), longestWait: schedule.longestWait)
    return [.watched: queue.count, .young: due[.young] ?? 0, .backlog: due[.older] ?? 0]
  }

  /// Returns when no question is out.
  func finish() async {
    while let flight = flights.values.first { _ = await flight.task.value }
  }

  func nextNumber() -> Int {
    number += 1
    return number
  }

  func sayExhausted(wait: Microseconds, at now: Uptime) {
    guard now >= saysExhaustedFrom else { return }
    saysExhaustedFrom = now + Self.exhaustedLineGap
    audit.budgetExhausted(wait: wait)
  }
}

extension QueryOutcome {
  var failure: DarajaFailure? {
    switch self {
    case .final, .pending: nil
    case .noInformation(let failure), .permanent(let failure): failure
    }
  }

  /// The part of the answer that settlement may see.
  var answer: QueryAnswer {
    switch self {
    case .final(let code, let description): .result(code, description: description)
    case .pending: .pending
    case .noInformation(let failure) where failure.isOutage, .permanent(let failure) where failure.isOutage:
      .outage(detail: failure.description)
    case .noInformation(let failure), .permanent(let failure): .noInformation(detail: failure.description)
    }
  }
}
