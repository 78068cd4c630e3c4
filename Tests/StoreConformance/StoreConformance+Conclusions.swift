import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// What is found in a delivery is weighed and committed with everything that follows.
  public static let conclusions = [
    ConformanceCheck("evidence with a token settles its transaction and pays the order", decided),
    ConformanceCheck(
      "evidence at the bare address is matched by CheckoutRequestID, and settles nothing", decidedByName),
    ConformanceCheck("a delivery that fits nothing is unmatched once the parking time is over", unmatched),
    ConformanceCheck("a delivery that cannot be read is quarantined, with its reason", quarantined),
    ConformanceCheck(
      "one that names another's CheckoutRequestID is for a person, and leaves the others alone", nameOfAnother),
    ConformanceCheck(
      "one at the address of a transaction that is not here fits nothing, now and later", addressUnknown),
    ConformanceCheck("findings are weighed in the order given", inOrder),
    ConformanceCheck("the same success delivered again pays nothing more", duplicates),
    ConformanceCheck("one receipt for two transactions: one holder, the other in review", receiptOfTwo),
    ConformanceCheck("what left the waiting line does not come back", leavesTheLine),
    ConformanceCheck("lists give the newest first, up to their limit", lists),
  ]

  private static func decided(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let id = try await store.stored(Specimen.delivery(Array("{}".utf8), token: transaction.token))
      let conclusion = try await store.conclude(
        id,
        .evidence(about: .transaction(transaction.id), try Specimen.paid(transaction), .token, ifUnknown: .giveUp))
      guard case .decided(let before, let decision) = conclusion else {
        Issue.record("\(conclusion)")
        return
      }
      #expect(before == transaction)
      #expect(decision.transaction.status == .completed)
      #expect(decision.paysOrder)
      #expect(try await store.transaction(transaction.id) == decision.transaction)
      #expect(try await store.order(transaction.orderID)?.paidBy == transaction.id)
      let delivery = try #require(try await store.delivery(id))
      #expect(delivery.state == .settled)
      #expect(delivery.transaction == transaction.id)
      let last = try #require(try await store.timeline(of: transaction.id).last)
      #expect(last.event == decision.event)
      #expect(last.delivery == id)
      #expect(last.status == .completed)
    }
  }

  private static func decidedByName(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let id = try await store.stored(Specimen.delivery())
      let conclusion = try await store.conclude(
        id,
        .evidence(
          about: .checkoutRequestID(Specimen.checkout(transaction.id)), try Specimen.paid(transaction), .none,
          ifUnknown: .giveUp))
      guard case .decided(let before, let decision) = conclusion else {
        Issue.record("\(conclusion)")
        return
      }
      #expect(before == transaction)
      #expect(decision.event.kind == .untrusted)
      let after = try #require(try await store.transaction(transaction.id))
      #expect(after.status == .pending)
      #expect(after.nextQueryAt == Specimen.now)
      #expect(try await store.order(transaction.orderID)?.paidBy == nil)
      #expect(try await store.delivery(id)?.state == .settled)
    }
  }

  private static func unmatched(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let id = try await store.stored(Specimen.delivery())
      let finding = Finding.evidence(
        about: .checkoutRequestID("ws_CO_nobody"), STKCallback(checkoutRequestID: "ws_CO_nobody", resultCode: "0"),
        .none, ifUnknown: .giveUp)
      #expect(try await store.conclude(id, finding) == .unmatched)
      let delivery = try #require(try await store.delivery(id))
      #expect(delivery.state == .unmatched)
      #expect(delivery.note?.isEmpty == false)
      #expect(delivery.transaction == nil)
      #expect(try await store.deliveries(in: .unmatched, limit: 10).map(\.id) == [id])
    }
  }

  private static func quarantined(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let id = try await store.stored(Specimen.delivery("not json"))
      try await store.claim([id])
      let reason = "It is not JSON: 'n' at byte 0."
      #expect(try await store.conclude(id, .quarantine(reason: reason)) == .quarantined(reason: reason))
      let delivery = try #require(try await store.delivery(id))
      #expect(delivery.state == .quarantined)
      #expect(delivery.note == reason)
      #expect(delivery.attempts == 1)
      #expect(delivery.body == Array("not json".utf8), "the bytes are evidence and stay")
    }
  }

  /// A CheckoutRequestID names one transaction. Another one that claims it is for a person, and leaves its neighbours alone.
  private static func nameOfAnother(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let owner = try await store.push(phone: 1)
      let claimant = try await store.push(phone: 2, accepted: false)
      let third = try await store.push(phone: 3)
      let ids = try await appendAll((0..<3).map { Specimen.delivery("\($0)") }, to: store)
      let stolen = STKCallback(checkoutRequestID: Specimen.checkout(owner.id), resultCode: "1032")
      let conclusions = try await store.conclude(
        [
          (ids[0], .evidence(about: .token(owner.token), try Specimen.paid(owner), .token, ifUnknown: .addressUnknown)),
          (ids[1], .evidence(about: .token(claimant.token), stolen, .token, ifUnknown: .addressUnknown)),
          (ids[2], .evidence(about: .token(third.token), try Specimen.paid(third), .token, ifUnknown: .addressUnknown)),
        ], at: Specimen.now)
      #expect(conclusions.count == 3)
      #expect(try await store.transaction(owner.id)?.status == .completed)
      #expect(try await store.transaction(third.id)?.status == .completed)
      let contradicted = try #require(try await store.transaction(claimant.id))
      #expect(contradicted.status == .review && contradicted.reason == .contradictory)
      #expect(contradicted.checkoutRequestID == nil)
      #expect(try await store.timeline(of: claimant.id).map(\.event.kind) == [.pushRequested, .review])
      #expect(try await store.received(after: nil, limit: 10).isEmpty)

      // The same in the answer to a push.
      let sent = try await store.push(phone: 4, accepted: false)
      let answer = PushAnswer.accepted(merchantRequestID: nil, checkoutRequestID: Specimen.checkout(owner.id))
      let answered = try await store.settled(sent.id, .pushAnswer(answer)).transaction
      #expect(answered.status == .review && answered.reason == .contradictory && answered.checkoutRequestID == nil)
    }
  }

  /// What came to the own address of a transaction that is not here, or of one that had the same number, fits none, now and later.
  private static func addressUnknown(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let present = try await store.push(phone: 1)
      let lost = [
        ProvenToken(TransactionID(present.id.number + 1_000), nonce: Nonce(7)),
        ProvenToken(present.id, nonce: Nonce((present.nonce?.number ?? 0) ^ 1)), ProvenToken(present.id, nonce: nil),
      ]
      // Each says success of the transaction that is here, with its own CheckoutRequestID.
      let success = try Specimen.paid(present)
      var ids: [DeliveryID] = []
      for token in lost {
        let id = try await store.stored(Specimen.delivery(Array("{}".utf8), token: token))
        let finding = Finding.evidence(about: .token(token), success, .token, ifUnknown: .addressUnknown)
        #expect(try await store.conclude(id, finding) == .unmatched)
        ids.append(id)
      }
      // A CheckoutRequestID that becomes known later brings none of them back.
      let named = try await store.push(phone: 2, accepted: false)
      let late = try await store.stored(Specimen.delivery(Array("{}".utf8), token: lost[0]))
      let other = STKCallback(checkoutRequestID: Specimen.checkout(named.id), resultCode: "1032")
      #expect(
        try await store.conclude(late, .evidence(about: .token(lost[0]), other, .token, ifUnknown: .addressUnknown))
          == .unmatched)
      _ = try await store.accept(named)
      #expect(try await store.parked(dueAt: .max, limit: 10).isEmpty)
      for id in ids + [late] {
        let delivery = try #require(try await store.delivery(id))
        #expect(delivery.state == .unmatched && delivery.transaction == nil)
        #expect(delivery.note?.contains("not in this database") == true)
      }
      #expect(try await store.transaction(present.id) == present)
      #expect(try await store.transaction(named.id)?.status == .pending)
    }
  }

  private static func inOrder(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      for (phone, lateSuccess) in [(1, true), (2, false)] {
        let transaction = try await store.push(phone: phone)
        let ids = try await appendAll([Specimen.delivery("a"), Specimen.delivery("b")], to: store)
        let refusal = Specimen.cancelled(transaction)
        let success = try Specimen.paid(transaction)
        let callbacks = lateSuccess ? [refusal, success] : [success, refusal]
        _ = try await store.conclude(
          zip(ids, callbacks).map { id, callback in
            (id, .evidence(about: .transaction(transaction.id), callback, .token, ifUnknown: .giveUp))
          }, at: Specimen.now)
        let after = try #require(try await store.transaction(transaction.id))
        #expect(after.status == .completed)
        #expect(after.flags.contains(.lateSuccess) == lateSuccess)
        #expect(try await store.timeline(of: transaction.id).suffix(2).map(\.delivery) == ids)
      }
    }
  }

  private static func duplicates(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let success = try Specimen.paid(transaction)
      let ids = try await appendAll((0..<4).map { Specimen.delivery("\($0)") }, to: store)
      let findings = ids.map {
        ($0, Finding.evidence(about: .transaction(transaction.id), success, .token, ifUnknown: .giveUp))
      }
      // Twice in one commit, once in another, and the first one again, as after a crash between commit and memory.
      let conclusions =
        try await store.conclude([findings[0], findings[1]], at: Specimen.now)
        + (try await store.conclude([findings[2]], at: Specimen.now))
        + (try await store.conclude([findings[0]], at: Specimen.now))
      let payments = conclusions.filter { if case .decided(_, let decision) = $0 { decision.paysOrder } else { false } }
      #expect(payments.count == 1)
      #expect(try await store.transaction(transaction.id)?.receipt == success.receipt)
      #expect(try await store.timeline(of: transaction.id).count { $0.event.kind == .completed } == 1)
    }
  }

  private static func receiptOfTwo(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let first = try await store.push(phone: 1)
      let second = try await store.push(phone: 2)
      let third = try await store.push(phone: 3)
      _ = try await store.deliver(try Specimen.paid(first, receipt: "NLJ7RT61SV"), to: first)
      let ids = try await appendAll([Specimen.delivery("a"), Specimen.delivery("b")], to: store)
      _ = try await store.conclude(
        try zip(ids, [second, third]).map { id, transaction in
          (
            id,
            .evidence(
              about: .transaction(transaction.id), try Specimen.paid(transaction, receipt: "NLJ7RT61SV"), .token,
              ifUnknown: .giveUp)
          )
        }, at: Specimen.now)
      #expect(try await store.transaction(first.id)?.receipt == Specimen.receipt("NLJ7RT61SV"))
      for transaction in [second, third] {
        let after = try #require(try await store.transaction(transaction.id))
        #expect(after.status == .review)
        #expect(after.reason == .receiptReused)
        #expect(after.receipt == nil)
        #expect(try await store.order(transaction.orderID)?.paidBy == nil)
      }
    }
  }

  private static func leavesTheLine(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let ids = try await appendAll((0..<4).map { Specimen.delivery("\($0)") }, to: store)
      let unknown = STKCallback(checkoutRequestID: "ws_CO_nobody", resultCode: "0")
      _ = try await store.conclude(
        [
          (
            ids[0],
            .evidence(about: .transaction(transaction.id), Specimen.cancelled(transaction), .token, ifUnknown: .giveUp)
          ),
          (ids[1], .quarantine(reason: "unreadable")),
          (ids[2], .evidence(about: .checkoutRequestID("ws_CO_nobody"), unknown, .none, ifUnknown: .giveUp)),
          (ids[3], .evidence(about: .checkoutRequestID("ws_CO_nobody"), unknown, .none, ifUnknown: .park(until: .max))),
        ], at: Specimen.now)
      #expect(try await store.received(after: nil, limit: 10).isEmpty)
      #expect(
        try await [store.delivery(ids[0]), store.delivery(ids[1]), store.delivery(ids[2]), store.delivery(ids[3])]
          .map { $0?.state } == [.settled, .quarantined, .unmatched, .parked])
    }
  }

  private static func lists(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let ids = try await appendAll((0..<6).map { Specimen.delivery("\($0)") }, to: store)
      _ = try await store.conclude(ids.prefix(5).map { ($0, .quarantine(reason: "unreadable")) }, at: Specimen.now)
      #expect(
        try await store.deliveries(in: .quarantined, limit: 10).map(\.id) == Array(ids.prefix(5).reversed()))
      #expect(try await store.deliveries(in: .quarantined, limit: 2).map(\.id) == [ids[4], ids[3]])
      #expect(try await store.deliveries(in: .received, limit: 10).map(\.id) == [ids[5]])
    }
  }
}
