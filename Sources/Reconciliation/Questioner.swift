public import Daraja
public import Payments
public import Store

/// Asks Safaricom about payments, within one budget and behind one breaker for the whole process.
public actor Questioner: Asking {
  /// What came of wanting to ask.
  public enum Outcome: Hashable, Sendable {
    /// It was asked and the answer is committed.
    case asked
    /// There was nothing to ask.
    case notNeeded
    /// Budget or breaker say: not before then.
    case later(Microseconds)
    /// The answer could not be committed; it will be asked again.
    case failed
  }

  private let store: any PaymentStore
  private let daraja: any DarajaAPI
  private let schedule: QuerySchedule
  private let timing: Timing
  private let audit: Audit
  private var budget: QueryBudget
  private var breaker: CircuitBreaker
  private var underWay: [TransactionID: Task<Outcome, Never>] = [:]

  /// One for each process and set of credentials.
  public init(
    store: any PaymentStore, daraja: any DarajaAPI, schedule: QuerySchedule, budget: QueryBudget,
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

  public func askIfDue(_ id: TransactionID) async {
    do {
      guard let transaction = try await store.transaction(id), transaction.status == .pending,
        let due = transaction.nextQueryAt, due <= timing.now()
      else { return }
      _ = await ask(transaction)
    } catch {
      audit.trouble("Transaction \(id) could not be read.", error)
    }
  }

  /// Asks about one transaction. Two callers at once share one question.
  public func ask(_ transaction: Transaction) async -> Outcome {
    if let running = underWay[transaction.id] { return await running.value }
    guard let checkoutRequestID = transaction.checkoutRequestID else {
      return await commit(.notAskable, to: transaction)
    }
    let now = timing.now()
    if let later = breaker.admit(at: now) { return .later(later) }
    if let later = budget.take(at: now) {
      breaker.giveBack(at: now)
      return .later(later)
    }
    let task = Task { await put(checkoutRequestID, about: transaction) }
    underWay[transaction.id] = task
    defer { underWay[transaction.id] = nil }
    return await task.value
  }

  private func put(_ checkoutRequestID: String, about transaction: Transaction) async -> Outcome {
    let outcome = await daraja.query(checkoutRequestID: checkoutRequestID)
    let failure = outcome.failure
    if let transition = breaker.record(failure, at: timing.now()) { audit.record(transition, because: failure) }
    return await commit(.queryAnswer(outcome.answer), to: transaction)
  }

  private func commit(_ evidence: Evidence, to transaction: Transaction) async -> Outcome {
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
