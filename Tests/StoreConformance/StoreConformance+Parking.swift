import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// Deliveries whose transaction is not known yet.
  public static let parking = [
    ConformanceCheck("a delivery that fits nothing yet is parked until its time", parkedUntil),
    ConformanceCheck("parked deliveries come due in order of their time", parkedOrder),
    ConformanceCheck(
      "a parked delivery that waits longer than any may was parked by a wrong clock: it is due", parkedTooLong),
    ConformanceCheck("parking starts the count of attempts anew", parkingResetsAttempts),
    ConformanceCheck("a push answer releases what was parked for its CheckoutRequestID", releasedByPushAnswer),
    ConformanceCheck("a push answer that comes late takes up what was given up for its CheckoutRequestID", takenUpLate),
    ConformanceCheck("a callback that names the push releases what was parked for it", releasedByCallback),
    ConformanceCheck("a released delivery is settled, and leaves the parking", releasedAndSettled),
  ]

  private static let later = Specimen.now + 30 * Specimen.second

  private static func park(
    _ name: String, until: Microseconds = later, in store: any PaymentStore
  ) async throws -> DeliveryID {
    let id = try await store.stored(Specimen.delivery(name))
    let finding = Finding.evidence(
      about: .checkoutRequestID(name), STKCallback(checkoutRequestID: name, resultCode: "1032"), .none,
      ifUnknown: .park(until: until))
    #expect(try await store.conclude(id, finding) == .parked(until: until))
    return id
  }

  private static func parkedUntil(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let id = try await park("ws_CO_early", in: store)
      #expect(try await store.delivery(id)?.state == .parked)
      #expect(try await store.nextParkedDue() == later)
      #expect(try await store.parked(dueAt: later - 1, limit: 10).isEmpty)
      let due = try await store.parked(dueAt: later, limit: 10)
      #expect(due.map(\.id) == [id])
      #expect(due.first?.body == Array("ws_CO_early".utf8))
      #expect(try await store.received(after: nil, limit: 10).isEmpty)
    }
  }

  private static func parkedOrder(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let last = try await park("ws_CO_a", until: later + 2, in: store)
      let first = try await park("ws_CO_b", until: later, in: store)
      let second = try await park("ws_CO_c", until: later, in: store)
      #expect(try await store.parked(dueAt: .max, limit: 10).map(\.id) == [first, second, last])
      #expect(try await store.parked(dueAt: .max, limit: 2).map(\.id) == [first, second])
      #expect(try await store.parked(dueAt: later + 1, limit: 10).map(\.id) == [first, second])
      #expect(try await store.nextParkedDue() == later)
    }
  }

  private static func parkedTooLong(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let longest = Specimen.now + Delivery.longestDeferral
      let usual = try await park("ws_CO_a", until: longest, in: store)
      let wrong = try await park("ws_CO_b", until: longest + 1, in: store)
      #expect(try await store.parked(dueAt: Specimen.now, limit: 10).map(\.id) == [wrong])
      #expect(try await store.parked(dueAt: longest, limit: 10).map(\.id) == [usual])
      #expect(try await store.parked(dueAt: longest + 1, limit: 1).map(\.id) == [usual])
    }
  }

  private static func parkingResetsAttempts(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let id = try await store.stored(Specimen.delivery())
      try await store.claim([id])
      try await store.claim([id])
      let finding = Finding.evidence(
        about: .checkoutRequestID("x"), STKCallback(checkoutRequestID: "x", resultCode: "0"), .none,
        ifUnknown: .park(until: later))
      _ = try await store.conclude(id, finding)
      #expect(
        try await store.delivery(id)?.attempts == 0, "it was handled well: it must not be quarantined for waiting")
    }
  }

  private static func releasedByPushAnswer(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1, accepted: false)
      let mine = try await park(Specimen.checkout(transaction.id), in: store)
      let other = try await park("ws_CO_other", in: store)
      _ = try await store.accept(transaction, at: Specimen.now + 5)
      #expect(try await store.parked(dueAt: Specimen.now + 5, limit: 10).map(\.id) == [mine])
      #expect(try await store.nextParkedDue() == Specimen.now + 5)
      #expect(try await store.parked(dueAt: later, limit: 10).map(\.id) == [mine, other])
    }
  }

  private static func takenUpLate(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1, accepted: false)
      let parked = try await park(Specimen.checkout(transaction.id), in: store)
      let name = Specimen.checkout(transaction.id)
      // One that waited until its time was up, one that was too old when it was looked at first, and one of somebody else's.
      let old = try await store.stored(Specimen.delivery("old"))
      let other = try await store.stored(Specimen.delivery("other"))
      for (id, checkout) in [(parked, name), (old, name), (other, "ws_CO_other")] {
        let finding = Finding.evidence(
          about: .checkoutRequestID(checkout), STKCallback(checkoutRequestID: checkout, resultCode: "0"), .none,
          ifUnknown: .giveUp)
        guard case .unmatched = try await store.conclude(id, finding) else {
          Issue.record("not unmatched")
          return
        }
      }
      _ = try await store.accept(transaction, at: Specimen.now + 5)
      #expect(try await store.parked(dueAt: Specimen.now + 5, limit: 10).map(\.id) == [parked, old])
      #expect(try await store.delivery(other)?.state == .unmatched)
    }
  }

  private static func releasedByCallback(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1, accepted: false)
      let mine = try await park(Specimen.checkout(transaction.id), in: store)
      _ = try await store.deliver(try Specimen.paid(transaction), to: transaction, at: Specimen.now + 5)
      #expect(try await store.parked(dueAt: Specimen.now + 5, limit: 10).map(\.id) == [mine])
    }
  }

  private static func releasedAndSettled(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1, accepted: false)
      let name = Specimen.checkout(transaction.id)
      let id = try await park(name, in: store)
      _ = try await store.accept(transaction)
      let conclusion = try await store.conclude(
        id,
        .evidence(
          about: .checkoutRequestID(name), Specimen.cancelled(transaction), .none, ifUnknown: .park(until: later)))
      guard case .decided = conclusion else {
        Issue.record("\(conclusion)")
        return
      }
      #expect(try await store.delivery(id)?.state == .settled)
      #expect(try await store.delivery(id)?.transaction == transaction.id)
      #expect(try await store.nextParkedDue() == nil)
      #expect(try await store.parked(dueAt: .max, limit: 10).isEmpty)
    }
  }
}
