import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// Forgetting bytes.
  public static let retention = [
    ConformanceCheck("settled deliveries lose their bytes, all others keep them", deliveriesPurged),
    ConformanceCheck("a delivery that is settled long after it came is purged all the same", settledLate),
    ConformanceCheck("evidence of what is pending or in review stays, and of what was ruled on lately", evidenceStays),
    ConformanceCheck(
      "evidence stays also where it was settled with another payment than the one that is not over", evidenceOfAnother),
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

  /// A day, and a retention time of as much.
  private static let day: Microseconds = 86_400_000_000

  private static func evidenceStays(_ home: StoreUnderTest) async throws {
    try await home.useRetention { store, retention in
      // One that waits for its answer still, and one over another amount: a person must rule on it, and its bytes are all there is.
      let pending = try await store.push(phone: 1)
      let doubtful = try await store.push(phone: 2)
      let noise = STKCallback(checkoutRequestID: Specimen.checkout(pending.id), resultCode: "9999")
      _ = try await store.deliver(noise, to: pending)
      _ = try await store.deliver(try Specimen.paid(doubtful, amount: Amount(cents: 100)), to: doubtful)
      #expect(try await store.transaction(pending.id)?.status == .pending)
      #expect(try await store.transaction(doubtful.id)?.status == .review)
      func kept(at now: Microseconds) async throws -> [Bool] {
        while try await retention.purgeDeliveries(receivedBefore: now - day, limit: 100, at: now).goesOn {}
        return try await [1, 2].asyncMap { try await store.delivery(DeliveryID($0))?.body.isEmpty == false }
      }
      #expect(try await kept(at: Specimen.now + 3 * day) == [true, true])
      let ruledAt = Specimen.now + 10 * day
      _ = try await store.settled(
        doubtful.id, .operatorRuling(.failed, who: "asha", why: "refunded"), nextQueryAt: nil, at: ruledAt)
      _ = try await store.settled(pending.id, .queryAnswer(.result("1032", description: nil)), at: ruledAt)
      // What Safaricom has settled is old; what a person has ruled on stays as long as other evidence does.
      #expect(try await kept(at: ruledAt + day - 1) == [false, true])
      #expect(try await kept(at: ruledAt + day) == [false, true])
      #expect(try await kept(at: ruledAt + day + 1) == [false, false])
    }
  }

  private static func evidenceOfAnother(_ home: StoreUnderTest) async throws {
    try await home.useRetention { store, retention in
      let doubtful = try await store.push(phone: 1, accepted: false)
      _ = try await store.settled(doubtful.id, .pushAnswer(.uncertain(detail: "lost")))
      let name = "ws_CO_other"
      let message = try await store.stored(Specimen.delivery(body))
      let success = STKCallback(checkoutRequestID: name, resultCode: .success)
      let unmatched = Finding.evidence(about: .checkoutRequestID(name), success, .none, ifUnknown: .giveUp)
      _ = try await store.conclude(message, unmatched)
      // A person takes it to be about one payment; what it says settles another.
      let match = Match(delivery: message, checkoutRequestID: name, who: "asha", why: "the only one")
      let matching = try #require(store as? any MatchingStore)
      _ = try await matching.match(match, with: doubtful.id, at: Specimen.now)
      let other = try await store.push(phone: 2)
      _ = try await store.conclude(
        message,
        .evidence(about: .transaction(other.id), Specimen.cancelled(other), .token, ifUnknown: .giveUp))
      #expect(try await store.delivery(message)?.transaction == other.id)
      #expect(try await store.transaction(doubtful.id)?.status == .pending)
      func purge() async throws -> Int {
        try await retention.purgeDeliveries(
          receivedBefore: Specimen.now + day, limit: 100, at: Specimen.now + 2 * day
        ).count
      }
      #expect(try await purge() == 0)
      // It is over, and the match is older than what is kept.
      _ = try await store.settled(doubtful.id, .queryAnswer(.result("1032", description: nil)))
      #expect(try await purge() == 1)
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
