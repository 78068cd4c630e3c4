import Daraja
import Payments
import Reconciliation
import Testing

@testable import Store

@Suite("Inbox workers: what was acknowledged gets settled", .timeLimit(.minutes(1)))
struct InboxWorkersTests {
  @Test("A trusted success completes its transaction and pays its order")
  func settles() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      let transaction = try await house.transaction(id)
      #expect(transaction.status == .completed)
      #expect(try await house.store.order(transaction.orderID)?.paidBy == id)
      #expect(try await house.delivery(delivery).state == .settled)
      #expect(try await house.delivery(delivery).transaction == id)
      #expect(try await house.store.timeline(of: id).last?.delivery == delivery)
    }
  }

  @Test("What comes in while it runs is settled without waiting for anything else")
  func arrivesLater() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
        try await house.deliver(CallbackBodies.refused("ws_CO_1"), token: id)
        try await house.store.until { try await house.transaction(id).status == .failed }
      }
    }
  }

  @Test("In order of arrival, whatever the number of workers", arguments: [1, 2, 4, 16])
  func inOrder(workers: Int) async throws {
    try await House.with { house in
      let id = try await house.accepted()
      var sent: [DeliveryID] = []
      for number in 0..<300 {
        let body = number % 3 == 0 ? CallbackBodies.refused("ws_CO_1") : CallbackBodies.paid("ws_CO_1")
        sent.append(try await house.deliver(body, token: id))
      }
      try await house.running(house.workers(workers)) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.store.timeline(of: id).compactMap(\.delivery) == sent)
      #expect(try await house.transaction(id).status == .completed)
    }
  }

  @Test("Each delivery ends in a state that people can see, and says why")
  func states() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      let good = try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
      let garbage = try await house.deliver("<html></html>", token: id)
      let confirmation = try await house.deliver(CallbackBodies.confirmation)
      let unknown = try await house.deliver(CallbackBodies.paid("ws_CO_99"))
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.delivery(good).state == .settled)
      for id in [garbage, confirmation] {
        #expect(try await house.delivery(id).state == .quarantined)
        #expect(try await house.delivery(id).note?.isEmpty == false)
      }
      #expect(try await house.delivery(unknown).state == .parked)
    }
  }

  @Test(
    "A payment whose callback names the CheckoutRequestID of another one goes to a person; its neighbours are settled")
  func nameOfAnother() async throws {
    try await House.with { house in
      let holder = try await house.accepted("ws_CO_1")
      let other = try await house.requested()
      // The token proves one transaction, the CheckoutRequestID belongs to another.
      let before = try await house.deliver(CallbackBodies.refused("ws_CO_1"), token: holder)
      let strange = try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: other)
      let third = try await house.accepted("ws_CO_3")
      let after = try await house.deliver(CallbackBodies.paid("ws_CO_3", receipt: "NLJ7RT61S3"), token: third)
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.delivery(before).state == .settled)
      #expect(try await house.delivery(after).state == .settled)
      #expect(try await house.transaction(third).status == .completed)
      #expect(try await house.delivery(strange).state == .settled)
      let contradicted = try await house.transaction(other)
      #expect(contradicted.status == .review && contradicted.reason == .contradictory)
      #expect(contradicted.checkoutRequestID == nil && contradicted.receipt == nil)
    }
  }

  @Test("A result that the ledger refuses is quarantined with the reason; its neighbours are settled")
  func refused() async throws {
    try await House.with { house in
      let before = try await house.accepted("ws_CO_1")
      let refused = try await house.accepted("ws_CO_2")
      let after = try await house.accepted("ws_CO_3")
      try await house.store.inner.write { db in
        try db.execute(
          sql: """
            CREATE TRIGGER refuse BEFORE UPDATE ON transactions WHEN new.id = \(refused) AND new.status = 'completed'
            BEGIN SELECT RAISE(ABORT, 'not this one'); END
            """)
      }
      try await house.deliver(CallbackBodies.paid("ws_CO_1", receipt: "NLJ7RT61S1"), token: before)
      let strange = try await house.deliver(CallbackBodies.paid("ws_CO_2", receipt: "NLJ7RT61S2"), token: refused)
      try await house.deliver(CallbackBodies.paid("ws_CO_3", receipt: "NLJ7RT61S3"), token: after)
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.transaction(before).status == .completed)
      #expect(try await house.transaction(after).status == .completed)
      #expect(try await house.transaction(refused).status == .pending, "its schedule goes on")
      let kept = try await house.delivery(strange)
      #expect(kept.state == .quarantined && kept.note?.contains("ledger refused") == true)
      #expect(kept.body == Array(CallbackBodies.paid("ws_CO_2", receipt: "NLJ7RT61S2").utf8))
    }
  }

  @Test("A callback to the own address of a payment that is not here is unmatched at once, and waits for nothing")
  func addressUnknown() async throws {
    try await House.with { house in
      let present = try await house.accepted("ws_CO_1")
      let lost = try await house.deliver(CallbackBodies.paid("ws_CO_lost"), token: TransactionID(99))
      let sameNumber = try await house.deliver(
        CallbackBodies.paid("ws_CO_1"), proving: ProvenToken(present, nonce: Nonce(1)))
      let old = try await house.deliver(CallbackBodies.paid("ws_CO_1"), proving: ProvenToken(present, nonce: nil))
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      for id in [lost, sameNumber, old] { #expect(try await house.delivery(id).state == .unmatched) }
      #expect(try await house.store.inner.nextParkedDue() == nil)
      #expect(try await house.transaction(present).status == .pending)
    }
  }

  // MARK: Parked

  @Test("A callback that is faster than the push answer is matched as soon as that is committed")
  func matchedWithTheAnswer() async throws {
    try await House.with { house in
      let id = try await house.requested()
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_1"))
      try await house.running(house.workers()) {
        try await house.store.until { try await house.delivery(delivery).state == .parked }
        _ = try await house.store.settle(
          id, with: .pushAnswer(.accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_1")), nextQueryAt: nil,
          at: house.clock.now)
        // No time passes: the commit itself wakes the workers.
        try await house.store.until { try await house.delivery(delivery).state == .settled }
      }
      #expect(try await house.transaction(id).nextQueryAt == house.clock.now, "untrusted: Safaricom is asked")
    }
  }

  @Test("Without a transaction it is looked at again for ten minutes, then listed as unmatched")
  func unmatched() async throws {
    try await House.with { house in
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_99"))
      let looks = Collected<Microseconds>()
      let clock = house.clock
      house.store.before { call in if call.isConclude { looks.add(clock.now) } }
      house.clock.fly()
      try await house.running(house.workers()) {
        try await house.store.until { try await house.delivery(delivery).state == .unmatched }
      }
      #expect(looks.all.dropLast().allSatisfy { $0 < .at(600) })
      #expect(looks.all.count < 25)
      #expect(house.clock.now >= .at(600) && house.clock.now < .at(661))
      #expect(try await house.delivery(delivery).note?.isEmpty == false)
    }
  }

  @Test("A steady stream of arrivals does not keep a parked one waiting")
  func parkedUnderLoad() async throws {
    try await House.with { house in
      let parked = try await house.deliver(CallbackBodies.paid("ws_CO_1"))
      try await house.running(house.workers(1)) {
        try await house.store.until { try await house.delivery(parked).state == .parked }
      }
      _ = try await house.accepted("ws_CO_1")
      let id = try await house.accepted("ws_CO_2")
      // Each conclusion brings two rounds of new arrivals, as long as the parked one waits: 100 of them would be more than enough.
      let more = Countdown(100)
      let (store, now) = (house.store, house.clock.now)
      let served = Flag()
      let token = try await house.transaction(id).token
      try await house.deliver(CallbackBodies.refused("ws_CO_2"), token: id)
      store.before { call in
        guard call.isConclude, !served.isSet, more.tick() else { return }
        for _ in 0..<32 {
          _ = try await store.append(
            NewDelivery(
              body: .init(string: CallbackBodies.refused("ws_CO_2")), receivedAt: now, source: "196.201.214.200",
              token: token))
        }
      }
      store.after { call in
        if case .conclude(let ids) = call, ids.contains(parked) { served.set() }
      }
      try await house.running(house.workers(1)) {
        try await store.until { try await house.nothingReceived() }
      }
      #expect(served.isSet)
      #expect(more.tick(), "it was served before the stream ran dry")
    }
  }
}
