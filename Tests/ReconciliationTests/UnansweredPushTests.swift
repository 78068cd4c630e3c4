import Daraja
import Payments
import Reconciliation
import Store
import Testing

@Suite("Pushes whose answer was lost when the program ended", .timeLimit(.minutes(1)))
struct UnansweredPushTests {
  @Test("Only those from before the start are marked, whatever the clock says")
  func onlyFromBefore() async throws {
    try await House.with { house in
      let old = try await house.requested()
      let answered = try await house.accepted("ws_CO_2")
      house.clock.advance(by: 10)
      try await house.restart()
      house.clock.set(forwardBy: -31_622_400)
      let new = try await house.requested()
      #expect(try await markUnansweredPushes(in: house.store, at: house.clock.wall, audit: house.audit) == 1)
      #expect(try await house.transaction(old).push == .uncertain)
      #expect(try await house.transaction(old).status == .pending)
      #expect(try await house.transaction(old).nextQueryAt == .at(30), "its schedule goes on")
      #expect(try await house.transaction(answered).push == .accepted)
      #expect(try await house.transaction(new).push == .requested)
      #expect(try await house.store.timeline(of: old).last?.event.kind == .pushUncertain)
    }
  }

  @Test("Marked once: the next start finds none")
  func once() async throws {
    try await House.with { house in
      _ = try await house.requested()
      try await house.restart()
      #expect(try await markUnansweredPushes(in: house.store, at: house.clock.now, audit: house.audit) == 1)
      #expect(try await markUnansweredPushes(in: house.store, at: house.clock.now, audit: house.audit) == 0)
    }
  }

  @Test("More than fit on one page", arguments: [255, 256, 257, 600])
  func pages(count: Int) async throws {
    try await House.with { house in
      for _ in 0..<count { _ = try await house.requested() }
      try await house.restart()
      #expect(try await markUnansweredPushes(in: house.store, at: house.clock.now, audit: house.audit) == count)
      #expect(try await house.store.unansweredPushes(limit: 1).isEmpty)
    }
  }
}
