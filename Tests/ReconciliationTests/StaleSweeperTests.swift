import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Stale sweeper: payments whose callback did not come", .timeLimit(.minutes(1)))
struct StaleSweeperTests {
  @Test("Due ones are asked in order, the most overdue first, as far as the budget goes")
  func inOrder() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      for number in 1...12 {
        _ = try await house.accepted("ws_CO_\(number)")
        house.clock.advance(by: 0.001)
      }
      house.clock.advance(by: 30)
      let sweeper = house.sweeper(house.questioner(daraja, budget: QueryBudget(interval: .seconds(10), burst: 3)))
      let first = await sweeper.sweep()
      #expect(await Set(daraja.queries) == ["ws_CO_1", "ws_CO_2", "ws_CO_3"])
      #expect(first == .seconds(10), "it looks again when the next question is earned")
      for number in 4...8 {
        house.clock.advance(by: 10)
        _ = await sweeper.sweep()
        #expect(await daraja.queries.last == "ws_CO_\(number)")
        #expect(await daraja.queries.count == number)
      }
    }
  }

  @Test("Nothing is due: it looks again when the next question is")
  func nothingDue() async throws {
    try await House.with { house in
      let sweeper = house.sweeper(house.questioner(ScriptedDaraja()))
      #expect(await sweeper.sweep() == .seconds(1), "nothing is scheduled at all")
      _ = try await house.accepted()
      #expect(await sweeper.sweep() == .seconds(30))
    }
  }

  @Test("The whole schedule without a word: nine questions, one more an hour later, then a person decides")
  func exhausted() async throws {
    try await House.with { house in
      let asked = Collected<Microseconds>()
      let clock = house.clock
      let daraja = ScriptedDaraja(query: { _ in
        asked.add(clock.now)
        return .pending(description: nil)
      })
      let id = try await house.accepted()
      let sweeper = house.sweeper(house.questioner(daraja))
      try await sweepUntilSettled(house, sweeper)
      let after = try await house.transaction(id)
      #expect(after.status == .review)
      #expect(after.reason == .unanswered)
      #expect(asked.all == [30, 60, 120, 300, 900, 3_600, 21_600, 86_400, 172_800, 176_400].map { .at($0) })
    }
  }

  @Test("Without a CheckoutRequestID there is nothing to ask: the schedule goes on in silence and ends with a person")
  func notAskable() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let id = try await house.requested()
      let sweeper = house.sweeper(house.questioner(daraja))
      house.clock.advance(by: 30)
      _ = await sweeper.sweep()
      #expect(try await house.transaction(id).nextQueryAt == .at(60))
      try await sweepUntilSettled(house, sweeper)
      #expect(await daraja.queries.isEmpty)
      #expect(house.clock.now == .at(172_800))
      #expect(try await house.transaction(id).status == .review)
      #expect(try await house.transaction(id).reason == .unanswered)
    }
  }

  @Test("The program was down for three days: three questions, an hour apart, then a person decides")
  func downForDays() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .noInformation(.noInformation) })
      let id = try await house.accepted()
      house.clock.advance(by: 3 * 86_400)
      let sweeper = house.sweeper(house.questioner(daraja))
      for questions in 1...3 {
        #expect(try await house.transaction(id).status == .pending)
        _ = await sweeper.sweep()
        #expect(await daraja.queries.count == questions)
        house.clock.advance(by: 3_600)
      }
      #expect(try await house.transaction(id).status == .review)
    }
  }

  @Test("The breaker is open: nothing is asked, and it looks again when the breaker rests no more")
  func breakerOpen() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .noInformation(.spikeArrest) })
      let first = try await house.accepted("ws_CO_1")
      house.clock.advance(by: 30)
      let sweeper = house.sweeper(house.questioner(daraja))
      _ = await sweeper.sweep()
      let second = try await house.accepted("ws_CO_2")
      house.clock.advance(to: .at(60) - 1)
      _ = try await house.store.settle(first, with: .queryAnswer(.pending), nextQueryAt: .at(50), at: .at(50))
      #expect(await sweeper.sweep() == 1)
      #expect(await daraja.queries == ["ws_CO_1"], "the breaker rests for 30 s")
      house.clock.advance(to: .at(61))
      await daraja.answerQueries { _ in .final(.success, description: nil) }
      _ = await sweeper.sweep()
      _ = await sweeper.sweep()
      #expect(await daraja.queries == ["ws_CO_1", "ws_CO_1", "ws_CO_2"])
      #expect(try await house.transaction(first).status == .completed)
      #expect(try await house.transaction(second).status == .completed)
    }
  }

  @Test("While the breaker tries, one question is out, not four")
  func oneTrial() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .noInformation(.blockPage) })
      for number in 1...6 { _ = try await house.accepted("ws_CO_\(number)") }
      house.clock.advance(by: 30)
      let questioner = house.questioner(daraja, budget: QueryBudget(interval: .seconds(1), burst: 1))
      let sweeper = house.sweeper(questioner)
      _ = await sweeper.sweep()
      #expect(await daraja.queries.count == 1)
      house.clock.advance(by: 30)
      _ = await sweeper.sweep()
      #expect(await daraja.queries.count == 2)
      house.clock.advance(by: 59.9)
      _ = await sweeper.sweep()
      #expect(await daraja.queries.count == 2, "its rest is twice as long now")
    }
  }

  @Test("Sweeper and shopper want to know the same: never two questions about one payment at a time")
  func neverTwoAtOnce() async throws {
    try await House.with { house in
      let gate = Gate()
      let daraja = ScriptedDaraja(query: { _ in
        await gate.pass()
        return .pending(description: nil)
      })
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = house.questioner(daraja)
      let sweeper = house.sweeper(questioner)
      let sweep = Task { await sweeper.sweep() }
      let shoppers = (0..<4).map { _ in Task { await questioner.askIfDue(id, for: "7") } }
      await gate.arrivals()
      gate.open()
      _ = await sweep.value
      for shopper in shoppers { await shopper.value }
      #expect(await daraja.mostAtOnce == 1)
      #expect(await daraja.queries.count == 1)
    }
  }

  // MARK: As a service

  @Test("It runs by itself: a payment without a callback is settled by the first question")
  func runs() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .final(.success, description: nil) })
      let id = try await house.accepted()
      let sweeper = house.sweeper(house.questioner(daraja))
      try await house.running(sweeper) {
        for _ in 0..<30 {
          await house.clock.sleepers()
          house.clock.advance(by: 1)
        }
        try await house.store.until { try await house.transaction(id).status == .completed }
      }
      #expect(await daraja.queries.count == 1)
    }
  }

  /// Lets the service run, second by second, each to its end.
  private func run(_ house: House, _ questioner: Questioner, until end: Microseconds) async throws {
    try await house.running(house.sweeper(questioner)) {
      while house.clock.now < end {
        await house.clock.sleepers()
        for _ in 0..<20 { await Task.yield() }
        await questioner.finish()
        house.clock.advance(by: 1)
      }
      await house.clock.sleepers()
      await questioner.finish()
    }
  }

  @Test(
    "The disk is full, and a payment that cannot be asked about is due: it is tried at growing distances, not without end"
  )
  func fullDisk() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      _ = try await house.requested()
      let (clock, tried) = (house.clock, Collected<Microseconds>())
      house.store.before { call in
        guard call.isSettle else { return }
        tried.add(clock.now)
        throw StoreError.unavailable(detail: "disk full")
      }
      try await run(house, house.questioner(ScriptedDaraja()), until: .at(200))
      #expect(tried.all == [30, 35, 45, 65, 105, 165].map { .at($0) })
      #expect(log.entries.count { $0.message.contains("is not committed") } == tried.all.count)
    }
  }

  @Test(
    "A payment whose commit fails for a reason of its own keeps the others back once, for 5 s",
    arguments: [false, true])
  func ownTrouble(isAskable: Bool) async throws {
    try await House.with { house in
      let bad = isAskable ? try await house.accepted("ws_CO_bad") : try await house.requested()
      for number in 1...8 { _ = try await house.accepted("ws_CO_\(number)") }
      let last = try await house.accepted("ws_CO_last")
      house.store.before { call in
        if call == .settle(bad) { throw StoreError.unavailable(detail: "this row is damaged") }
      }
      let safaricom = PacedSafaricom(house.clock) { _, _ in .pending(description: nil) }
      let questioner = house.questioner(safaricom, budget: QueryBudget(interval: .seconds(1), burst: 1))
      try await run(house, questioner, until: .at(46))
      for number in 1...8 { #expect(safaricom.times(of: "ws_CO_\(number)").count == 1, "\(number)") }
      #expect(safaricom.times(of: "ws_CO_bad") == (isAskable ? [30, 35, 45].map { .at($0) } : []))
      #expect(await questioner.ask(last, for: "shop") == .asked)
      if case .later(let wait) = await questioner.ask(bad, for: "shop") {
        #expect(isAskable && wait == .seconds(19))
      } else {
        #expect(!isAskable)
      }
    }
  }

  @Test("The store fails: it waits 5 s, then 10, instead of asking again and again, and nothing is lost")
  func storeFails() async throws {
    try await House.with { house in
      let safaricom = PacedSafaricom(house.clock) { _, _ in .final(.success, description: nil) }
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let failures = Countdown(2)
      house.store.before { call in
        if call.isSettle, failures.tick() { throw StoreError.unavailable(detail: "disk full") }
      }
      let questioner = house.questioner(safaricom)
      try await house.running(house.sweeper(questioner)) {
        while try await house.transaction(id).status == .pending {
          await questioner.finish()
          if let wake = house.clock.nextWake { house.clock.advance(to: wake) }
          await Task.yield()
        }
      }
      #expect(safaricom.times(of: "ws_CO_1") == [.at(30), .at(35), .at(45)])
    }
  }

  @Test("Graceful shutdown: the question that is out is finished and settled, then it ends")
  func shutdown() async throws {
    try await House.with { house in
      let gate = Gate()
      let daraja = ScriptedDaraja(query: { _ in
        await gate.pass()
        return .final(.success, description: nil)
      })
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let sweeper = house.sweeper(house.questioner(daraja))
      let opening = Task {
        await gate.arrivals()
        gate.open()
      }
      try await house.running(sweeper) { await gate.arrivals() }
      await opening.value
      #expect(try await house.transaction(id).status == .completed)
    }
  }

  @Test("Graceful shutdown ends it while it sleeps")
  func shutdownAsleep() async throws {
    try await House.with { house in
      try await house.running(house.sweeper(house.questioner(ScriptedDaraja()))) { await house.clock.sleepers() }
    }
  }

  /// Sweeps from one due question to the next until none is left.
  private func sweepUntilSettled(_ house: House, _ sweeper: StaleSweeper) async throws {
    while let next = try await house.store.nextQuestionDue() {
      house.clock.advance(to: next)
      _ = await sweeper.sweep()
    }
  }
}
