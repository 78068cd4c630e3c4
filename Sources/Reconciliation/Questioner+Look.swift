import Daraja
import Payments
import Store

/// Which questions are put, and putting them.
extension Questioner {
  /// What one look did.
  struct Look {
    /// The questions that were begun. They are finished and settled whether anybody waits for them or not.
    var begun: [Task<AskOutcome, Never>] = []
    /// How long until it is worth looking again, in microseconds, unless ``wakes`` ticks before; nil when the store failed.
    var wait: Microseconds?
    /// Whether more could be put if fewer were out: each that ends ticks.
    var isFull = false
  }

  /// What the store says about who could be asked about.
  private struct Candidates {
    /// Those at the head of the queue; nil for one that is not there.
    var watched: [TransactionID: Transaction?] = [:]
    var young: [Transaction] = []
    var older: [Transaction] = []
    /// When the next question after those is due, by the wall clock.
    var nextDue: Microseconds?
  }

  /// Puts all questions that budget, breaker and shares allow now.
  @discardableResult
  func look() async -> Look {
    do {
      while true {
        let seen = ended
        let candidates = try await candidates()
        // A question that ended meanwhile has changed what was read.
        guard seen == ended else { continue }
        let (look, isComplete) = put(candidates)
        if isComplete || !look.begun.isEmpty { return look }
      }
    } catch {
      if !Task.isCancelled { audit.trouble("The schedule of questions cannot be read.", error) }
      return Look(wait: nil)
    }
  }

  private func candidates() async throws -> Candidates {
    var found = Candidates()
    let now = timing.now()
    let longestWait = schedule.longestWait
    for case .payment(let id) in queue.questions.prefix(Self.scheduledAtOnce) where flights[id] == nil {
      found.watched.updateValue(try await store.transaction(id), forKey: id)
    }
    // Those that are out, have a place in the queue or wait after a failure are due as well.
    let limit =
      Self.scheduledAtOnce + Self.notAskableAtOnce + flights.count + queue.count
      + failures.waiting(at: timing.uptime())
    found.young = try await store.questionsDue(.young, at: now, longestWait: longestWait, limit: limit)
    found.older = try await store.questionsDue(.older, at: now, longestWait: longestWait, limit: limit)
    found.nextDue = try await store.nextQuestionDue(after: now)
    return found
  }

  /// - Returns: the look, and whether it is complete: it is not where places were given back and those behind them were not read.
  private func put(_ candidates: Candidates) -> (Look, isComplete: Bool) {
    var look = Look()
    let now = timing.uptime()
    let places = Set(queue.questions)
    var due: [QuestionClass: ArraySlice<Transaction>] = [:]
    var notAskable: [Transaction] = []
    // How long until the first of those is tried again that are kept back after a failed commit.
    var retry = Microseconds.max
    for (questionClass, rows) in [(QuestionClass.young, candidates.young), (.backlog, candidates.older)] {
      let free = rows.filter { flights[$0.id] == nil && !places.contains(.payment($0.id)) }
      let waits = free.map { failures.wait(for: $0.id, at: now) }
      retry = min(retry, waits.filter { $0 > 0 }.min() ?? .max)
      let ready = zip(free, waits).filter { $1 == 0 }.map(\.0)
      notAskable += ready.filter { $0.checkoutRequestID == nil }
      due[questionClass] = ready.filter { $0.checkoutRequestID != nil }[...]
    }
    let isFull = writeDown(notAskable, in: &look, retry: &retry, at: now)
    othersDue = Set(due.filter { !$0.value.isEmpty }.keys)
    nextDue = now + max((candidates.nextDue ?? .max / 2) - timing.now(), 0)

    var isComplete = true
    while true {
      var demand: Set<QuestionClass> = []
      let hold = self.hold(at: now)
      let head = nextWatched(candidates, onlyProbes: hold > 0)
      if head == .unread { isComplete = false }
      if case .question = head, watchedOut < Self.watchedAtOnce { demand.insert(.watched) }
      let others = due.filter { !$0.value.isEmpty }.keys
      if hold == 0, scheduledOut < Self.scheduledAtOnce { demand.formUnion(others) }
      let isWaiting = !others.isEmpty || head != .none
      look.wait = isWaiting ? max(hold, budget.wait(at: now)) : .max
      guard let chosen = shares.next(demand) else { break }
      if let wait = budget.take(at: now) {
        sayExhausted(wait: wait, at: now)
        break
      }
      // Those that are due but have no place now are owed their share when one is free.
      shares.put(chosen, of: head == .none ? Set(others) : Set(others).union([.watched]))
      counts[chosen, default: 0] += 1
      if chosen != .watched, let row = due[chosen]?.popFirst() {
        look.begun.append(begin(row, as: chosen))
      } else if case .question(.probe(let number), _) = head {
        queue.serve(.probe(number))
        resume(.probe(number), .put(nil))
      } else if case .question(_, let row?) = head {
        look.begun.append(begin(row, as: .watched))
      }
    }
    look.isFull = isFull || look.wait == 0
    if look.wait == 0 { look.wait = .max }
    look.wait = min(look.wait ?? .max, retry, candidates.nextDue == nil ? .max : nextDue - now)
    if look.wait == .max { look.wait = StaleSweeper.longestSleep }
    return (look, isComplete)
  }

  /// Begins with those that there is nothing to ask about: they cost nothing of the budget, but each is a commit, and all rest where commits fail.
  /// - Returns: whether more could be begun if fewer were out.
  private func writeDown(
    _ rows: [Transaction], in look: inout Look, retry: inout Microseconds, at now: Uptime
  ) -> Bool {
    let rest = max(failures.restsUntil - now, 0)
    if rest > 0 {
      if !rows.isEmpty { retry = min(retry, rest) }
      return false
    }
    let free = max(Self.notAskableAtOnce - notAskableOut, 0)
    for row in rows.prefix(free) { look.begun.append(begin(row, as: nil)) }
    return rows.count > free
  }

  private enum Head: Equatable {
    case none, unread
    case question(WatchedQueue.Question, Transaction?)
  }

  /// The next place whose question can be put. Those whose payment needs none any more are given back.
  private func nextWatched(_ candidates: Candidates, onlyProbes: Bool) -> Head {
    for question in queue.questions {
      switch question {
      case .probe: return .question(question, nil)
      case .payment where onlyProbes: continue
      case .payment(let id):
        if let flight = flights[id] {
          queue.leave(question)
          resume(question, .put(flight.task))
          continue
        }
        guard let row = candidates.watched[id] else { return .unread }
        guard let row, row.isAskable else {
          queue.leave(question)
          resume(question, .notNeeded)
          continue
        }
        return .question(question, row)
      }
    }
    return .none
  }

  /// How long payments are not asked about whatever the budget says, in microseconds.
  func hold(at now: Uptime) -> Microseconds {
    if daraja == nil { return Self.idleRest }
    return max(breaker.wait(at: now), failures.restsUntil - now, 0)
  }

  private var notAskableOut: Int { flights.values.count { $0.questionClass == nil } }
  private var scheduledOut: Int { flights.count - notAskableOut - watchedOut }
  private var watchedOut: Int { flights.values.count { $0.questionClass == .watched } }

  private func begin(_ transaction: Transaction, as questionClass: QuestionClass?) -> Task<AskOutcome, Never> {
    let question = WatchedQueue.Question.payment(transaction.id)
    if questionClass == .watched { queue.serve(question) } else { queue.leave(question) }
    if questionClass != nil { _ = breaker.admit(at: timing.uptime()) }
    // With the client of now: a change while it is out is for the next one.
    let task = Task { [daraja] in
      let outcome = await carryOut(transaction, with: questionClass == nil ? nil : daraja)
      end(transaction.id, outcome)
      return outcome
    }
    flights[transaction.id] = Flight(task: task, questionClass: questionClass)
    resume(question, .put(task))
    return task
  }

  private func end(_ id: TransactionID, _ outcome: AskOutcome) {
    flights[id] = nil
    ended += 1
    let now = timing.uptime()
    remember(outcome, of: id, at: now)
    // Nothing may be put any sooner by that, and looking at once would fail again at once, without end.
    if outcome == .failed { return failures.failed(id, at: now) }
    failures.committed(id)
    wake.yield()
    if !queue.isEmpty { Task { await look() } }
  }

  private func carryOut(_ transaction: Transaction, with daraja: (any DarajaAPI)?) async -> AskOutcome {
    guard let daraja, let checkoutRequestID = transaction.checkoutRequestID else {
      return await commit(nil, to: transaction)
    }
    let outcome = await daraja.query(checkoutRequestID: checkoutRequestID)
    audit.asked(outcome, about: transaction)
    let now = timing.uptime()
    budget.answered(at: now)
    let failure = outcome.failure
    if let transition = breaker.record(failure, at: now) { audit.record(transition, because: failure) }
    return await commit(outcome.answer, to: transaction)
  }

  /// - Parameter answer: nil where there is nothing to ask about.
  private func commit(_ answer: QueryAnswer?, to transaction: Transaction) async -> AskOutcome {
    let reading = timing.reading()
    let next = schedule.next(for: transaction, after: answer, at: reading, chance: timing.chance())
    do {
      guard
        let settled = try await store.settle(
          transaction.id, with: answer.map { .queryAnswer($0) } ?? .notAskable, nextQueryAt: next, at: reading.now)
      else { return .notNeeded }
      audit.record(settled.decision, before: settled.before)
      return .asked
    } catch {
      audit.trouble("What Safaricom answered about transaction \(transaction.id) is not committed.", error)
      return .failed
    }
  }
}

extension Transaction {
  /// Whether an answer of Safaricom's could change anything, and Safaricom has a name to be asked by.
  var isAskable: Bool { status != .completed && checkoutRequestID != nil }
}
