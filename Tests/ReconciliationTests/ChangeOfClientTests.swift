import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Questioner: settings change while it works", .timeLimit(.minutes(1)))
struct ChangeOfClientTests {
  @Test("Without a client a due question waits, and is put when there is one")
  func waits() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = Questioner(
        store: house.store, daraja: nil, schedule: .plain, budget: .ample, timing: house.clock.timing,
        audit: house.audit)
      #expect(await questioner.look().wait == Questioner.idleRest)
      #expect(await questioner.ask(id, for: "7") == .later(in: Questioner.idleRest))
      #expect(try await house.transaction(id).queries == 0)
      let daraja = ScriptedDaraja()
      await questioner.adopt(daraja, schedule: .plain, budget: .ample)
      #expect(await questioner.ask(id, for: "7") == .asked)
      #expect(await daraja.queries == ["ws_CO_1"])
    }
  }

  @Test("A question that is out finishes with the client it was begun with")
  func finishes() async throws {
    try await House.with { house in
      let gate = Gate()
      let old = ScriptedDaraja(query: { _ in
        await gate.pass()
        return .final(.success, description: nil)
      })
      let new = ScriptedDaraja()
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = house.questioner(old)
      let question = Task { await questioner.ask(id, for: "7") }
      await gate.arrivals(1)
      await questioner.adopt(new, schedule: .plain, budget: .ample)
      gate.open()
      #expect(await question.value == .asked)
      #expect(try await house.transaction(id).status == .completed)
      #expect(await new.queries == [])
    }
  }

  @Test("What was spent of the budget stays spent")
  func budget() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let first = try await house.accepted("ws_CO_1")
      let second = try await house.accepted("ws_CO_2")
      house.clock.advance(by: 30)
      let tight = QueryBudget(interval: .seconds(12), burst: 1)
      let questioner = house.questioner(daraja, budget: tight)
      #expect(await questioner.ask(first, for: "7") == .asked)
      await questioner.adopt(daraja, schedule: .plain, budget: tight)
      #expect(await questioner.ask(second, for: "7") == .later(in: .seconds(14)))
    }
  }

  @Test("An open breaker stays open")
  func breaker() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(query: { _ in .noInformation(.spikeArrest) })
      let first = try await house.accepted("ws_CO_1")
      let questioner = house.questioner(daraja)
      #expect(await questioner.ask(first, for: "7") == .asked)
      await questioner.adopt(ScriptedDaraja(), schedule: .plain, budget: .ample)
      let second = try await house.accepted("ws_CO_2")
      #expect(await questioner.ask(second, for: "7") == .later(in: .seconds(34) + 1))
    }
  }

  @Test("A probe is taken from the same budget")
  func probe() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      house.clock.advance(by: 30)
      let questioner = house.questioner(ScriptedDaraja(), budget: QueryBudget(interval: .seconds(12), burst: 1))
      #expect(await questioner.waitForProbe(atMost: 0) == nil)
      #expect(await questioner.waitForProbe(atMost: 0) == .seconds(28), "every second one is for those who do not wait")
      #expect(await questioner.standing.watched == 0, "who does not wait has no place")
      #expect(await questioner.ask(id, for: "7") == .later(in: .seconds(14)))
    }
  }
}
