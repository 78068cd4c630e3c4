public import Daraja
public import Payments
import Store

/// Those who wait for a question to be put.
extension Questioner {
  public func askIfDue(_ id: TransactionID, for caller: String) async {
    _ = await beginIfDue(id, for: caller)?.value
  }

  public func watch(_ id: TransactionID, for caller: String) async {
    _ = await beginIfDue(id, for: caller)
  }

  /// - Returns: the question that is out about this payment.
  private func beginIfDue(_ id: TransactionID, for caller: String) async -> Task<AskOutcome, Never>? {
    do {
      let found = try await transaction(id)
      if let flight = flights[id] { return flight.task }
      guard daraja != nil, let found, found.status == .pending, found.isAskable,
        failures.wait(for: id, at: timing.uptime()) == 0,
        found.isQuestionDue(at: timing.now(), longestWait: schedule.longestWait), enter(.payment(id), for: caller)
      else { return nil }
    } catch {
      audit.trouble("Transaction \(id) could not be read.", error)
      return nil
    }
    await look()
    wake.yield()
    return flights[id]?.task
  }

  public func ask(_ id: TransactionID, for caller: String) async -> AskOutcome {
    do {
      let found = try await transaction(id)
      if let flight = flights[id] { return await flight.task.value }
      guard let found, found.isAskable else { return .notNeeded }
      if isAnswered(found, for: caller) { return .asked }
      guard daraja != nil else { return .later(in: Self.idleRest) }
      // Its last answer could not be committed. It is asked about again soon, but not now.
      let wait = failures.wait(for: id, at: timing.uptime())
      if wait > 0 { return .later(in: wait) }
      return try await ask(in: .payment(id), id, for: caller)
    } catch {
      audit.trouble("Transaction \(id) could not be read.", error)
      return .failed
    }
  }

  private func ask(in place: WatchedQueue.Question, _ id: TransactionID, for caller: String) async throws -> AskOutcome
  {
    guard enter(place, for: caller) else { return .later(in: latest(position: 0)) }
    let entered = timing.uptime()
    await look()
    if let flight = flights[id] { return await flight.task.value }
    let position = queue.position(of: place)
    if position != nil { wake.yield() }
    let waits = position.map { soonest(position: $0) <= Self.patience } ?? false
    if waits {
      switch await turn(of: place, within: Self.patience) {
      case .put(let task?): return await task.value
      case .put(nil), .notNeeded: return .notNeeded
      case .notYet: break
      }
    }
    // After the wait, or where the place is gone: put and answered, not needed, or given up for somebody else.
    if waits || position == nil {
      let found = try await transaction(id)
      if let flight = flights[id] { return await flight.task.value }
      guard let found, found.isAskable else { return .notNeeded }
      if let outcome = outcome(of: id, since: entered) { return outcome }
    }
    // Without a place it is as for one who was not let in.
    guard let kept = queue.position(of: place) else { return .later(in: latest(position: 0)) }
    let wait = latest(position: kept)
    promise(id, to: caller, since: entered, in: wait)
    return .later(in: wait)
  }

  /// Waits until a question about no payment of ours may be put, for somebody who looks whether Safaricom answers. It is taken from the budget
  /// then, in its turn among the watched ones. The breaker has no say: that is when people look.
  /// - Parameter patience: how long to wait for it, in microseconds.
  /// - Returns: nil when it may be put now, else how long until it might have been, in microseconds.
  public func waitForProbe(atMost patience: Microseconds) async -> Microseconds? {
    let place = WatchedQueue.Question.probe(nextNumber())
    guard enter(place, for: "probe") else { return latest(position: 0) }
    await look()
    guard let position = queue.position(of: place) else { return nil }
    wake.yield()
    if soonest(position: position, isProbe: true) <= patience,
      case .put = await turn(of: place, within: patience)
    {
      return nil
    }
    let wait = latest(position: queue.position(of: place) ?? 0, isProbe: true)
    queue.leave(place)
    return wait
  }

  /// Takes in that such a question was answered.
  public func probeAnswered() { budget.answered(at: timing.uptime()) }

  /// A transaction as it stands after all questions about it that have ended.
  private func transaction(_ id: TransactionID) async throws -> Transaction? {
    while true {
      let seen = ended
      let found = try await store.transaction(id)
      if seen == ended { return found }
    }
  }

  private func enter(_ place: WatchedQueue.Question, for caller: String) -> Bool {
    let (isIn, givenUp) = queue.enter(place, for: caller)
    if let givenUp { resume(givenUp, .notYet) }
    return isIn
  }

  /// Waits until the question is put, is not needed any more, or has not been put in that time.
  private func turn(of place: WatchedQueue.Question, within patience: Microseconds) async -> Turn {
    let number = nextNumber()
    let timer = Task {
      try await timing.sleep(.microseconds(patience))
      waiters[place]?.removeValue(forKey: number)?.resume(returning: .notYet)
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { waiters[place, default: [:]][number] = $0 }
  }

  func resume(_ place: WatchedQueue.Question, _ turn: Turn) {
    for waiter in (waiters.removeValue(forKey: place) ?? [:]).values { waiter.resume(returning: turn) }
  }

  // MARK: When

  /// How long until the question in this place can be put at the earliest, in microseconds.
  private func soonest(position: Int, isProbe: Bool = false) -> Microseconds {
    let now = timing.uptime()
    return max(budget.wait(for: position + 1, at: now), isProbe ? 0 : hold(at: now))
  }

  /// How long until the question in this place has been answered for certain, in microseconds, as long as Safaricom answers: the other classes
  /// take their turns where they have something to put, or will have by then.
  private func latest(position: Int, isProbe: Bool = false) -> Microseconds {
    let now = timing.uptime()
    func wait(besides others: Set<QuestionClass>) -> Microseconds {
      let count = shares.questions(untilWatched: position + 1, besides: others)
      let held = (isProbe ? 0 : hold(at: now)) + budget.interval * Microseconds(count - 1)
      return max(budget.wait(for: count, at: now), held)
        + Self.answerAllowance * Microseconds(count + (flights.isEmpty ? 0 : 1))
    }
    let quiet = wait(besides: othersDue)
    return nextDue - now > quiet ? quiet : wait(besides: [.young, .backlog])
  }

  // MARK: What is remembered

  func remember(_ outcome: AskOutcome, of id: TransactionID, at now: Uptime) {
    if answers.count >= Self.memory {
      let oldest = answers.values.map(\.at).sorted()[Self.memory / 2]
      answers = answers.filter { $0.value.at > oldest }
    }
    answers[id] = (now, outcome)
  }

  private func outcome(of id: TransactionID, since: Uptime) -> AskOutcome? {
    answers[id].flatMap { $0.at >= since ? $0.outcome : nil }
  }

  private func promise(_ id: TransactionID, to caller: String, since: Uptime, in wait: Microseconds) {
    let now = timing.uptime()
    let debt = Debt(id: id, caller: caller)
    if debts.count >= Self.memory { debts = debts.filter { $0.value.until > now } }
    guard debts.count < Self.memory else { return }
    debts[debt] = (debts[debt]?.since ?? since, now + wait + Self.keptAfterPromise)
  }

  /// Whether what is known is Safaricom's answer to a question that was put a moment ago, or one that this caller was told to come again for.
  private func isAnswered(_ transaction: Transaction, for caller: String) -> Bool {
    let now = timing.uptime()
    if let answer = answers[transaction.id] {
      let debt = Debt(id: transaction.id, caller: caller)
      guard answer.outcome == .asked else { return false }
      if now - answer.at < Self.leastGap {
        debts[debt] = nil
        return true
      }
      guard let owed = debts[debt], answer.at >= owed.since else { return false }
      debts[debt] = nil
      return now <= owed.until
    }
    // From before the start. A time that lies ahead is from a wrong clock.
    guard let last = transaction.lastQueryAt else { return false }
    let wall = timing.now()
    return last <= wall && wall - last < Self.leastGap
  }
}
