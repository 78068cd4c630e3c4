import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// Forgetting bytes.
  public static let retention = [
    ConformanceCheck("settled deliveries lose their bytes, all others keep them", deliveriesPurged),
    ConformanceCheck("a delivery that is settled long after it came is purged all the same", settledLate),
    ConformanceCheck("a step is bounded, and says whether it goes on", bounded),
    ConformanceCheck("delivered events lose payload and attempts; parked and waiting ones keep them", eventsPurged),
  ]

  private static let body = Array("bytes nobody needs".utf8)

  private static func deliveriesPurged(_ home: StoreUnderTest) async throws {
    try await home.useRetention { store, retention in
      let transaction = try await store.push(phone: 1)
      func stored(at time: Microseconds = Specimen.now) async throws -> DeliveryID {
        try await store.stored(Specimen.delivery(body, at: time, token: transaction.token))
      }
      let (settled, quarantined, unmatched) = (try await stored(), try await stored(), try await stored())
      let young = try await stored(at: Specimen.now + 1)
      let callback = try Specimen.paid(transaction)
      for id in [settled, young] {
        _ = try await store.conclude(
          id, .evidence(about: .transaction(transaction.id), callback, .token, ifUnknown: .giveUp))
      }
      _ = try await store.conclude(quarantined, .quarantine(reason: "noise"))
      _ = try await store.conclude(
        unmatched, .evidence(about: .checkoutRequestID("nobody"), callback, .token, ifUnknown: .giveUp))
      let purge = try await retention.purgeDeliveries(
        receivedBefore: Specimen.now + 1, limit: 100, at: Specimen.now + 2)
      #expect(purge == Purge(count: 1, goesOn: false))
      let left = try await [settled, quarantined, unmatched, young].asyncMap { try await store.delivery($0)?.body }
      #expect(left == [[], body, body, body])
      let row = try #require(try await store.delivery(settled))
      #expect(row.state == .settled && row.transaction == transaction.id && row.receivedAt == Specimen.now)
      #expect(
        try await retention.purgeDeliveries(receivedBefore: Specimen.now + 1, limit: 100, at: Specimen.now + 3).count
          == 0)
    }
  }

  private static func settledLate(_ home: StoreUnderTest) async throws {
    try await home.useRetention { store, retention in
      let transaction = try await store.push(phone: 1)
      let id = try await store.stored(Specimen.delivery(body, token: transaction.token))
      func purge() async throws -> Int {
        try await retention.purgeDeliveries(receivedBefore: Specimen.now + 1, limit: 100, at: Specimen.now + 2).count
      }
      #expect(try await purge() == 0)
      _ = try await store.conclude(
        id,
        .evidence(
          about: .transaction(transaction.id), try Specimen.paid(transaction), .token, ifUnknown: .giveUp))
      #expect(try await purge() == 1)
      #expect(try await store.delivery(id)?.body == [])
    }
  }

  private static func bounded(_ home: StoreUnderTest) async throws {
    try await home.useRetention { store, retention in
      let transaction = try await store.push(phone: 1)
      for _ in 0..<5 { _ = try await store.deliver(Specimen.cancelled(transaction), to: transaction) }
      var steps: [Purge] = []
      repeat {
        steps.append(
          try await retention.purgeDeliveries(receivedBefore: Specimen.now + 1, limit: 2, at: Specimen.now + 2))
      } while steps.last?.goesOn == true
      #expect(steps.map(\.count) == [2, 2, 1])
    }
  }

  private static func eventsPurged(_ home: StoreUnderTest) async throws {
    try await home.useRetention { store, retention in
      let outbox = try #require(store as? any OutboxStore)
      for phone in 1...3 {
        let transaction = try await store.push(phone: phone)
        _ = try await store.deliver(try Specimen.paid(transaction), to: transaction)
      }
      let ids = try await outbox.outbox(dueAt: Specimen.now, limit: 10).map(\.id)
      let attempt = OutboxAttempt(at: Specimen.now, duration: 0, status: 200, answer: "said")
      try await outbox.conclude(attempt, of: ids[0], .delivered)
      try await outbox.conclude(attempt, of: ids[1], .parked(note: "gone"))
      #expect(try await retention.purgeOutbox(finishedBefore: Specimen.now, limit: 9, at: Specimen.now + 1).count == 0)
      let purge = try await retention.purgeOutbox(finishedBefore: Specimen.now + 1, limit: 9, at: Specimen.now + 2)
      #expect(purge == Purge(count: 1, goesOn: false))
      let entries = try await ids.asyncMap { try #require(try await outbox.outboxEntry($0)) }
      #expect(entries.map(\.payload.isEmpty) == [true, false, false])
      #expect(entries[0].purgedAt == Specimen.now + 2)
      #expect(try await outbox.outboxAttempts(of: ids[0]).isEmpty)
      #expect(try await outbox.outboxAttempts(of: ids[1]).count == 1)
      #expect(try await outbox.resend([ids[0]], at: Specimen.now + 3) == [.purged(at: Specimen.now + 2)])
    }
  }
}

extension StoreUnderTest {
  /// The store, also as one that forgets; every engine must be one.
  fileprivate func useRetention(
    _ body: (any PaymentStore, any RetentionStore) async throws -> Void
  ) async throws {
    try await use { store in try await body(store, try #require(store as? any RetentionStore)) }
  }
}

extension Array {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
