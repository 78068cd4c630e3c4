import Daraja
import Payments
import Reconciliation
import Store
import Testing

@Suite("A store that fails for a while", .timeLimit(.minutes(1)))
struct StoreTroubleTests {
  enum Failure: CaseIterable, Sendable {
    case reading, claiming, concluding, everything

    func hits(_ call: StoreCall) -> Bool {
      switch self {
      case .reading: call == .received
      case .claiming: call.isClaim
      case .concluding: call.isConclude
      case .everything: true
      }
    }
  }

  @Test("Nothing is lost, everything is settled afterwards, nothing is quarantined", arguments: Failure.allCases)
  func recovers(failure: Failure) async throws {
    try await House.with { house in
      let pending = try await house.store.inner.seedPendingTransactions(200)
      for number in pending.lowerBound.number...pending.upperBound.number {
        try await house.deliver(
          CallbackBodies.paid("ws_CO_LOAD_\(number)", receipt: "R\(number)", amount: "1"), token: TransactionID(number))
      }
      let broken = Flag()
      broken.set()
      house.store.before { call in
        if broken.isSet, failure.hits(call) { throw StoreError.unavailable(detail: "disk full") }
      }
      try await house.running(house.workers()) {
        // Long enough for any count of attempts to run out.
        for _ in 0..<12 {
          await house.clock.sleepers()
          house.clock.advance(to: try #require(house.clock.nextWake))
        }
        await house.clock.sleepers()
        broken.clear()
        house.clock.advance(to: try #require(house.clock.nextWake))
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.store.inner.completedTransactions(in: pending).count == 200)
      #expect(try await house.count(.settled) == 200)
      #expect(try await house.count(.quarantined) == 0)
    }
  }

  @Test("The waits grow from a quarter of a second to five")
  func waits() async throws {
    try await House.with { house in
      house.store.before { _ in throw StoreError.unavailable(detail: "disk full") }
      try await house.running(house.workers()) {
        for wait in [0.25, 0.5, 1, 2, 4, 5, 5] {
          await house.clock.sleepers()
          let next = try #require(house.clock.nextWake)
          #expect(next - house.clock.now == .seconds(wait))
          house.clock.advance(to: next)
        }
      }
    }
  }

  @Test("A conclusion that was committed although the store said no is not counted twice")
  func committedAllTheSame() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
      let failures = Countdown(1)
      house.store.after { call in
        if call.isConclude, failures.tick() { throw StoreError.unavailable(detail: "the answer was lost") }
      }
      try await house.running(house.workers()) {
        await house.clock.sleepers()
        house.clock.advance(by: 1)
        try await house.store.until { try await house.store.inner.timeline(of: id).count >= 4 }
      }
      #expect(try await house.delivery(delivery).state == .settled)
      #expect(try await house.store.timeline(of: id).map(\.event.kind).suffix(2) == [.completed, .duplicate])
    }
  }
}
