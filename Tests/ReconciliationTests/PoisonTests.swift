import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Deliveries that stop the program", .timeLimit(.minutes(1)))
struct PoisonTests {
  @Test(
    "Whose work was begun before is handled alone; after three starts it is quarantined; its neighbours are settled",
    arguments: [(0, DeliveryState.settled), (1, .settled), (2, .settled), (3, .quarantined), (4, .quarantined)])
  func alone(attempts: Int, state: DeliveryState) async throws {
    try await House.with { house in
      let id = try await house.accepted()
      var all: [DeliveryID] = []
      for _ in 0..<20 { all.append(try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)) }
      let suspect = all[7]
      for _ in 0..<attempts { try await house.store.inner.claim([suspect]) }
      let together = Collected<[DeliveryID]>()
      house.store.before { call in if case .conclude(let ids) = call { together.add(ids) } }
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.delivery(suspect).state == state)
      if state == .quarantined {
        #expect(try await house.delivery(suspect).note?.contains("\(attempts) times") == true)
      }
      if attempts > 0 { #expect(together.all.first { $0.contains(suspect) } == [suspect]) }
      #expect(together.all.flatMap(\.self) == all, "in order of arrival, each once")
      for neighbour in all where neighbour != suspect { #expect(try await house.delivery(neighbour).state == .settled) }
    }
  }

  @Test("The attempt is counted before the work")
  func countedBefore() async throws {
    try await House.with { house in
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_99"))
      let attempts = Collected<Int>()
      let inner = house.store.inner
      house.store.before { call in
        if call.isConclude, let found = try await inner.delivery(delivery) { attempts.add(found.attempts) }
      }
      try await house.running(house.workers()) {
        try await house.store.until { try await house.delivery(delivery).state == .parked }
      }
      #expect(attempts.all == [1])
      #expect(try await house.delivery(delivery).attempts == 0, "work that ended is no suspicion")
    }
  }

  @Test("A body that crashes the program ends in quarantine after three starts, and the 1,000 behind it are settled")
  func crashes() async throws {
    try await House.with { house in
      let pending = try await house.store.inner.seedPendingTransactions(1_000)
      let poison = try await house.deliver(CallbackBodies.paid("ws_CO_POISON"), token: nil)
      for number in pending.lowerBound.number...pending.upperBound.number {
        try await house.deliver(
          CallbackBodies.paid("ws_CO_LOAD_\(number)", receipt: "R\(number)", amount: "1"), token: TransactionID(number))
      }
      var crashes = 0
      while try await !crashesOn(poison, house) {
        crashes += 1
        #expect(crashes <= 3)
        guard crashes <= 3 else { return }
        #expect(try await house.delivery(poison).attempts == crashes)
        try await house.restart()
      }
      #expect(crashes == 3)
      #expect(try await house.delivery(poison).state == .quarantined)
      #expect(try await house.store.inner.completedTransactions(in: pending).count == 1_000)
      #expect(try await house.count(.quarantined) == 1)
    }
  }

  @Test("Parked deliveries that crash the program end in quarantine too")
  func parkedCrashes() async throws {
    try await House.with { house in
      let poison = try await house.deliver(CallbackBodies.paid("ws_CO_POISON"))
      let good = try await house.deliver(CallbackBodies.paid("ws_CO_1"))
      try await house.running(house.workers()) {
        try await house.store.until { try await house.count(.parked) == 2 }
      }
      try await house.restart()
      _ = try await house.accepted("ws_CO_1")
      house.clock.advance(by: 5)
      var crashes = 0
      while try await !crashesOn(poison, house), crashes < 4 {
        crashes += 1
        try await house.restart()
      }
      #expect(crashes == 3)
      #expect(try await house.delivery(poison).state == .quarantined)
      #expect(try await house.delivery(good).state == .settled)
    }
  }

  /// One start of a program that is gone whenever it works on this delivery: nothing more reaches the database from then on.
  /// - Returns: true when it got through everything.
  private func crashesOn(_ poison: DeliveryID, _ house: House) async throws -> Bool {
    struct Crashed: Error {}
    let gone = Flag()
    let store = house.store
    let done = Gate()
    store.before { call in
      if gone.isSet { throw Crashed() }
      // A quarantine is not work on the body: it is decided before the body is read.
      guard case .conclude(let ids) = call, ids.contains(poison) else { return }
      guard let found = try await store.inner.delivery(poison), found.attempts <= DeliveryReading.maximumAttempts else {
        return
      }
      gone.set()
      done.open()
      throw Crashed()
    }
    let workers = house.workers()
    let run = Task { try await workers.run() }
    let watch = Task {
      try await store.until { gone.isSet ? true : try await house.isSettled() }
      done.open()
    }
    await done.pass()
    run.cancel()
    try await run.value
    try await watch.value
    return !gone.isSet
  }
}
