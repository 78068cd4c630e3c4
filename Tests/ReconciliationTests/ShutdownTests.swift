import Daraja
import Payments
import Reconciliation
import Store
import Testing

@Suite("Stopping the inbox workers", .timeLimit(.minutes(1)))
struct ShutdownTests {
  @Test("With nothing to do and nothing arriving any more, it ends")
  func idle() async throws {
    try await House.with { house in
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
    }
  }

  @Test("While it waits for a parked delivery, it ends")
  func parked() async throws {
    try await House.with { house in
      try await house.deliver(CallbackBodies.paid("ws_CO_99"))
      try await house.running(house.workers()) { await house.clock.sleepers() }
      #expect(try await house.count(.parked) == 1)
    }
  }

  @Test("While it waits for a store that fails, it ends without waiting any longer", arguments: [true, false])
  func inTrouble(gracefully: Bool) async throws {
    try await House.with { house in
      try await house.deliver(CallbackBodies.paid("ws_CO_99"))
      house.store.before { call in if call.isConclude { throw StoreError.unavailable(detail: "disk full") } }
      let workers = house.workers()
      if gracefully {
        try await house.running(workers) { await house.clock.sleepers() }
      } else {
        let run = Task { try await workers.run() }
        await house.clock.sleepers()
        run.cancel()
        try await run.value
      }
    }
  }

  @Test("Stopping is no failure: the journal stays silent", arguments: [true, false])
  func silent(gracefully: Bool) async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let id = try await house.accepted()
      for _ in 0..<200 { try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id) }
      let workers = house.workers()
      let gate = Gate()
      house.store.before { call in if call.isConclude { await gate.pass() } }
      let opening = Task {
        await gate.arrivals()
        gate.open()
      }
      if gracefully {
        try await house.running(workers) { await gate.arrivals() }
      } else {
        let run = Task { try await workers.run() }
        await gate.arrivals()
        run.cancel()
        try await run.value
      }
      await opening.value
    }
    #expect(log.entries.filter { $0.level >= .error }.map(\.message) == [])
  }

  @Test("In the middle of a backlog it finishes what it has in hand, and the next start settles the rest, each once")
  func backlog() async throws {
    try await House.with { house in
      let pending = try await house.store.inner.seedPendingTransactions(2_000)
      for number in pending.lowerBound.number...pending.upperBound.number {
        try await house.deliver(
          CallbackBodies.paid("ws_CO_LOAD_\(number)", receipt: "R\(number)", amount: "1"), token: TransactionID(number))
      }
      let gate = Gate()
      let concluded = Collected<Int>()
      house.store.before { call in
        guard case .conclude(let ids) = call else { return }
        concluded.add(ids.count)
        if concluded.all.count == 5 { await gate.pass() }
      }
      try await house.running(house.workers()) {
        await gate.arrivals()
        Task {
          // Only opened once the stop is under way or the body is left; either order must do.
          gate.open()
        }
      }
      let first = try await house.store.inner.completedTransactions(in: pending).count
      try await house.restart()
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(first >= 5 * 64 && first < 2_000, "it did not work off the whole backlog before it stopped: \(first)")
      #expect(try await house.store.inner.completedTransactions(in: pending).count == 2_000)
      #expect(try await house.count(.settled) == 2_000)
      var events = 0
      for number in pending.lowerBound.number...pending.upperBound.number {
        events += try await house.store.timeline(of: TransactionID(number)).count
      }
      #expect(events == 2_000, "each was settled once")
    }
  }

  @Test("The store is closed after everything that uses it has stopped")
  func storeLast() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      let closing = StoreClosing(store: house.store)
      try await house.running(closing, house.workers()) {
        try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
        try await house.store.until { try await house.transaction(id).status == .completed }
      }
      await #expect(throws: (any Error).self) { try await house.store.transaction(id) }
    }
  }
}
