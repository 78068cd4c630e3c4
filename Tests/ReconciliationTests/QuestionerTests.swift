import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Questioner: asking Safaricom about one payment", .timeLimit(.minutes(1)))
struct QuestionerTests {
  // MARK: What the answer does

  struct Answered: Sendable, CustomTestStringConvertible {
    var name: String
    var answer: QueryOutcome
    var status: PaymentStatus
    var reason: Reason?
    var next: Microseconds?
    var testDescription: String { name }
  }

  static let answers: [Answered] = [
    Answered(name: "0: paid, receipt unknown", answer: .final(.success, description: "ok"), status: .completed),
    Answered(name: "1032: cancelled", answer: .final("1032", description: nil), status: .failed, reason: .cancelled),
    Answered(name: "1037: timeout", answer: .final("1037", description: nil), status: .failed, reason: .timeout),
    Answered(name: "4999: the next offset", answer: .pending(description: nil), status: .pending, next: .at(60)),
    Answered(
      name: "500.001.1001: the next offset", answer: .noInformation(.noInformation), status: .pending, next: .at(60)),
    Answered(
      name: "an unknown code: the next offset", answer: .final("7777", description: nil), status: .pending,
      next: .at(60)),
    Answered(
      name: "E3008: a refusal, though not a number", answer: .final("E3008", description: nil), status: .failed,
      reason: .badDebt),
    Answered(name: "a timeout: the next offset", answer: .noInformation(.timeout), status: .pending, next: .at(60)),
    Answered(
      name: "wrong credentials: the next offset", answer: .permanent(.credentials), status: .pending, next: .at(60)),
  ]

  @Test("Each answer is committed", arguments: answers)
  func answer(_ row: Answered) async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in row.answer })
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      await house.questioner(daraja).askIfDue(id, for: "7")
      let after = try await house.transaction(id)
      #expect(await daraja.queries == ["ws_CO_1"])
      #expect(after.status == row.status)
      #expect(after.reason == row.reason)
      #expect(after.nextQueryAt == row.next)
      #expect(after.queries == 1)
      #expect(after.lastQueryAt == .at(30))
      #expect(after.flags.contains(.receiptMissing) == (row.status == .completed))
    }
  }

  // MARK: When it asks

  @Test("It asks only when the question is due", arguments: [(29.9, 0), (30.0, 1), (45.0, 1)])
  func onlyWhenDue(seconds: Double, questions: Int) async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let id = try await house.accepted()
      house.clock.advance(by: seconds)
      await house.questioner(daraja).askIfDue(id, for: "7")
      #expect(await daraja.queries.count == questions)
    }
  }

  @Test("Of a settled or unknown transaction it asks nothing for whoever is waiting")
  func onlyPending() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let id = try await house.accepted()
      _ = try await house.store.settle(
        id, with: .queryAnswer(.result("1032", description: nil)), nextQueryAt: nil, at: house.clock.now)
      house.clock.advance(by: 3_600)
      let questioner = house.questioner(daraja)
      await questioner.askIfDue(id, for: "7")
      await questioner.askIfDue(TransactionID(99), for: "7")
      #expect(await daraja.queries.isEmpty)
    }
  }

  @Test("The budget is spent: nothing is asked, nothing is lost")
  func noBudget() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let first = try await house.accepted("ws_CO_1")
      let second = try await house.accepted("ws_CO_2")
      house.clock.advance(by: 30)
      let questioner = house.questioner(daraja, budget: .sandbox)
      await questioner.askIfDue(first, for: "7")
      await questioner.askIfDue(second, for: "7")
      #expect(await daraja.queries == ["ws_CO_1"])
      #expect(try await house.transaction(second).nextQueryAt == .at(30))
      house.clock.advance(by: 12)
      await questioner.askIfDue(second, for: "7")
      #expect(await daraja.queries == ["ws_CO_1", "ws_CO_2"])
    }
  }

  // MARK: Asked for now

  @Test("Asked for now, it asks before the question is due, and the schedule goes on from there")
  func now() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let id = try await house.accepted()
      house.clock.advance(by: 5)
      #expect(await house.questioner(daraja).ask(id, for: "7") == .asked)
      #expect(await daraja.queries == ["ws_CO_1"])
      #expect(try await house.transaction(id).nextQueryAt == .at(30))
    }
  }

  @Test("Asked for now, it asks about a failed payment too: the money may have come late")
  func nowFailed() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .final(.success, description: nil) })
      let id = try await house.accepted()
      _ = try await house.store.settle(
        id, with: .queryAnswer(.result("1032", description: nil)), nextQueryAt: nil, at: house.clock.now)
      house.clock.advance(by: 60)
      #expect(await house.questioner(daraja).ask(id, for: "7") == .asked)
      #expect(try await house.transaction(id).status == .completed)
      #expect(try await house.transaction(id).flags.contains(.lateSuccess))
    }
  }

  @Test("Asked for now without end, it asks once in 10 s, and within them the last answer is given again")
  func nowAgain() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let questioner = house.questioner(daraja)
      let id = try await house.accepted()
      #expect(await questioner.ask(id, for: "7") == .asked)
      house.clock.advance(by: 9.9)
      #expect(await questioner.ask(id, for: "7") == .asked)
      #expect(await daraja.queries.count == 1)
      house.clock.advance(by: 0.1)
      #expect(await questioner.ask(id, for: "7") == .asked)
      #expect(await daraja.queries.count == 2)
    }
  }

  @Test("Asked for now, it keeps to the budget and to the breaker's rest")
  func nowWithinBudget() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .noInformation(.spikeArrest) })
      let questioner = house.questioner(daraja, budget: .sandbox)
      let first = try await house.accepted("ws_CO_1")
      let second = try await house.accepted("ws_CO_2")
      #expect(await questioner.ask(first, for: "7") == .asked)
      let told = await questioner.ask(second, for: "7")
      #expect(told == .later(in: .seconds(46)), "the breaker rests after a spike arrest")
      #expect(await daraja.queries == ["ws_CO_1"])
    }
  }

  @Test("Asked for now of what no answer could change, it asks nothing")
  func nowNothing() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let questioner = house.questioner(daraja)
      let unnamed = try await house.requested()
      let completed = try await house.accepted()
      _ = try await house.store.settle(
        completed, with: .queryAnswer(.result("0", description: nil)), nextQueryAt: nil, at: house.clock.now)
      house.clock.advance(by: 60)
      #expect(await questioner.ask(unnamed, for: "7") == .notNeeded)
      #expect(await questioner.ask(completed, for: "7") == .notNeeded)
      #expect(await questioner.ask(TransactionID(99), for: "7") == .notNeeded)
      #expect(await daraja.queries.isEmpty)
      #expect(try await house.transaction(unnamed).queries == 0)
    }
  }

  // MARK: One at a time

  @Test("Several who want to know at the same time share one question")
  func shared() async throws {
    try await House.with { house in
      let gate = Gate()
      let daraja = ScriptedDaraja(query: { _ in
        await gate.pass()
        return .pending(description: nil)
      })
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = house.questioner(daraja)
      let asking = (0..<5).map { _ in Task { await questioner.askIfDue(id, for: "7") } }
      await gate.arrivals()
      gate.open()
      for task in asking { await task.value }
      #expect(await daraja.queries.count == 1)
      #expect(try await house.transaction(id).queries == 1)
    }
  }

  @Test("Whoever read the transaction before a question ended does not ask it again")
  func readBeforeItEnded() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = house.questioner(daraja)
      // The slow reader has read, but has not got its answer yet, while another one asks and is answered.
      let read = Gate()
      let first = Countdown(1)
      house.store.after { call in if call == .transaction(id), first.tick() { await read.pass() } }
      let slow = Task { await questioner.askIfDue(id, for: "7") }
      await read.arrivals()
      await questioner.askIfDue(id, for: "7")
      read.open()
      await slow.value
      #expect(await daraja.queries.count == 1)
    }
  }

  @Test("Whoever asks and goes away does not cut off the question, nor lose its answer")
  func callerGoesAway() async throws {
    try await House.with { house in
      let gate = Gate()
      let daraja = ScriptedDaraja(query: { _ in
        await gate.pass()
        return Task.isCancelled ? .pending(description: nil) : .final(.success, description: nil)
      })
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = house.questioner(daraja)
      let caller = Task { await questioner.askIfDue(id, for: "7") }
      await gate.arrivals()
      caller.cancel()
      gate.open()
      await caller.value
      #expect(try await house.transaction(id).status == .completed)
    }
  }

  // MARK: A stranger's word

  @Test("A success from the bare address settles nothing but brings the question forward; 10 s between two questions")
  func untrusted() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let questioner = house.questioner(daraja)
      let id = try await house.accepted()
      try await house.running(house.workers()) {
        let forged = try await house.deliver(CallbackBodies.paid("ws_CO_1"))
        try await house.store.until { try await house.delivery(forged).state == .settled }
        #expect(try await house.transaction(id).status == .pending)
        #expect(try await house.transaction(id).nextQueryAt == .at(0), "asked at once")
        await questioner.askIfDue(id, for: "7")
        #expect(await daraja.queries.count == 1)
        #expect(try await house.transaction(id).status == .pending)

        house.clock.advance(by: 3)
        let again = try await house.deliver(CallbackBodies.paid("ws_CO_1"))
        try await house.store.until { try await house.delivery(again).state == .settled }
        #expect(try await house.transaction(id).nextQueryAt == .at(10), "not before 10 s after the last question")
        await questioner.askIfDue(id, for: "7")
        #expect(await daraja.queries.count == 1)
        house.clock.advance(by: 7)
        await daraja.answerQueries { _ in .final("1032", description: nil) }
        await questioner.askIfDue(id, for: "7")
        #expect(await daraja.queries.count == 2)
        #expect(try await house.transaction(id).reason == .cancelled, "only Safaricom's answer settles")
      }
    }
  }
}
