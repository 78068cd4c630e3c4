public import Daraja
public import Payments
public import Store

/// Asks Safaricom about payments, within one budget and behind one breaker for the whole process.
public actor Questioner: Asking {
  /// The least time between two questions about one transaction that somebody asks for, in microseconds: a payment changes as
  /// fast as a shopper types a PIN, and one that is asked about without end would take the budget from all others.
  public static let leastGap: Microseconds = 10_000_000

  /// The least time between two log lines that say that the budget is used up, in microseconds: under load it is all the time.
  static let exhaustedLineGap: Microseconds = 60_000_000

  private let store: any PaymentStore
  /// Nil while settings are missing: then every question waits.
  private var daraja: (any DarajaAPI)?
  private var schedule: QuerySchedule
  private let timing: Timing
  private let audit: Audit
  private var budget: QueryBudget
  private var breaker: CircuitBreaker
  private var underWay: [TransactionID: Task<AskOutcome, Never>] = [:]
  /// How many questions have come to an end. What was read of a transaction before one ended may be out of date.
  private var ended = 0
  private var saysExhaustedFrom: Microseconds = .min

  /// How long a question waits where there is nobody to put it to, in microseconds.
  static let idleRest: Microseconds = 5_000_000

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
  }

  /// Puts questions to another client, or to none, from now on. Questions that are out are finished as they were begun; what was spent of
  /// the budget, and the breaker, stay as they are.
  public func adopt(_ daraja: (any DarajaAPI)?, schedule: QuerySchedule, budget: QueryBudget) {
    self.daraja = daraja
    self.schedule = schedule
    self.budget.adopt(budget)
  }

  /// Takes one question about no payment of ours from the budget, for somebody who looks whether Safaricom answers. The breaker has no say:
  /// that is when people look.
  /// - Returns: nil when it may be put now, else when it may be.
  public func takeProbe() -> Microseconds? { budget.take(at: timing.now()) }

  /// Takes in that such a question was answered.
  public func probeAnswered() { budget.answered(at: timing.now()) }

  /// How much may be asked now.
  public struct Standing: Hashable, Sendable {
    /// Questions that the budget allows at once.
    public var available: Int
    /// Until when the breaker keeps all questions back; nil while it does not.
    public var restsUntil: Microseconds?
    /// Whether the breaker keeps all questions back.
    public var isBreakerOpen: Bool { restsUntil != nil }
  }

  /// How much may be asked now.
  public var standing: Standing {
    let now = timing.now()
    let until: Microseconds? = if case .open(let until) = breaker.state, until > now { until } else { nil }
    return Standing(available: budget.available(at: now), restsUntil: until)
  }

  public func askIfDue(_ id: TransactionID) async {
    _ = await begin(id, statuses: [.pending]).value
  }

  public func ask(_ id: TransactionID) async -> AskOutcome {
    await begin(id) { transaction, now in
      guard transaction.status != .completed, transaction.checkoutRequestID != nil else { return .notNeeded }
      let earliest = transaction.lastQueryAt.map { $0 + Self.leastGap } ?? now
      return earliest > now ? .later(earliest) : nil
    }.value
  }

  /// Begins the question about a transaction, if it is due.
  func begin(
    _ id: TransactionID, statuses: Set<PaymentStatus> = Set(PaymentStatus.allCases)
  ) async -> Task<AskOutcome, Never> {
    await begin(id) { transaction, now in
      guard statuses.contains(transaction.status), let due = transaction.nextQueryAt, due <= now else {
        return .notNeeded
      }
      return nil
    }
  }

  /// Begins the question about a transaction, unless something speaks against it. Two callers at once share one question.
  /// - Returns: the question under way. It is finished and settled whether anybody waits for it or not.
  private func begin(
    _ id: TransactionID, unless objection: (Transaction, Microseconds) -> AskOutcome?
  ) async -> Task<AskOutcome, Never> {
    do {
      var found: Transaction?
      var seen: Int
      repeat {
        seen = ended
        found = try await store.transaction(id)
      } while seen != ended
      if let running = underWay[id] { return running }
      guard let transaction = found else { return Task { .notNeeded } }
      if let objection = objection(transaction, timing.now()) { return Task { objection } }
      if let later = admit(transaction) { return Task { .later(later) } }
      // With the client of now: a change while it is out is for the next one.
      let task = Task { [daraja] in await carryOut(transaction, with: daraja) }
      underWay[id] = task
      return task
    } catch {
      audit.trouble("Transaction \(id) could not be read.", error)
      return Task { .failed }
    }
  }

  /// Takes what a question needs from breaker and budget, or says when to look again.
  private func admit(_ transaction: Transaction) -> Microseconds? {
    guard transaction.checkoutRequestID != nil else { return nil }
    let now = timing.now()
    guard daraja != nil else { return now + Self.idleRest }
    if let later = breaker.admit(at: now) { return later }
    guard let later = budget.take(at: now) else { return nil }
    breaker.giveBack(at: now)
    if now >= saysExhaustedFrom {
      saysExhaustedFrom = now + Self.exhaustedLineGap
      audit.budgetExhausted(until: later, now: now)
    }
    return later
  }

  private func carryOut(_ transaction: Transaction, with daraja: (any DarajaAPI)?) async -> AskOutcome {
    defer {
      underWay[transaction.id] = nil
      ended += 1
    }
    guard let daraja, let checkoutRequestID = transaction.checkoutRequestID else {
      return await commit(.notAskable, to: transaction)
    }
    let outcome = await daraja.query(checkoutRequestID: checkoutRequestID)
    audit.asked(outcome, about: transaction)
    budget.answered(at: timing.now())
    let failure = outcome.failure
    if let transition = breaker.record(failure, at: timing.now()) { audit.record(transition, because: failure) }
    return await commit(.queryAnswer(outcome.answer), to: transaction)
  }

  private func commit(_ evidence: Evidence, to transaction: Transaction) async -> AskOutcome {
    let now = timing.now()
    let next = schedule.next(after: now, pushedAt: transaction.createdAt, chance: timing.chance())
    do {
      guard let settled = try await store.settle(transaction.id, with: evidence, nextQueryAt: next, at: now) else {
        return .notNeeded
      }
      audit.record(settled.decision, before: settled.before)
      return .asked
    } catch {
      audit.trouble("What Safaricom answered about transaction \(transaction.id) is not committed.", error)
      return .failed
    }
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
    case .noInformation(let failure), .permanent(let failure): .noInformation(detail: failure.description)
    }
  }
}
