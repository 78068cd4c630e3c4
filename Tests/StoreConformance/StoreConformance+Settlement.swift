import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// Evidence that does not come through the inbox, and what is written down of it.
  public static let settlement = [
    ConformanceCheck("settling an unknown transaction answers nil", settleUnknown),
    ConformanceCheck("every decision is stored as it was made, with one event each", settleStored),
    ConformanceCheck("every field of a transaction survives being stored", everyField),
    ConformanceCheck("thirty answers at once pay an order once", concurrentSettling),
    ConformanceCheck("two payments of one order: the first pays, the second is flagged", twoPayments),
    ConformanceCheck("a timeline tells every step in order", timeline),
    ConformanceCheck("unanswered pushes are those from before the opening, whatever their time", unansweredPushes),
    ConformanceCheck("the census counts what is not finished", census),
  ]

  private static func settleUnknown(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let nobody = TransactionID(404)
      let answer = try await store.settle(nobody, with: .notAskable, nextQueryAt: nil, at: 0)
      #expect(answer == nil)
      #expect(try await store.timeline(of: nobody).isEmpty)
    }
  }

  private static func settleStored(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      var known = try await store.push(phone: 1, accepted: false)
      let evidence: [(Evidence, Microseconds?)] = [
        (.pushAnswer(.uncertain(detail: "timeout")), nil),
        (.pushAnswer(.accepted(merchantRequestID: nil, checkoutRequestID: Specimen.checkout(known.id))), nil),
        (.queryAnswer(.pending), Specimen.now + 60), (.queryAnswer(.noInformation(detail: "500")), Specimen.now + 120),
        (.queryAnswer(.result("1037", description: "DS timeout")), nil),
        (.queryAnswer(.result("0", description: "processed")), nil),
        (.callback(try Specimen.paid(known), .token), nil), (.callback(Specimen.cancelled(known), .token), nil),
        (.operatorRuling(.failed, who: "asha", why: "no"), nil),
      ]
      for (number, (evidence, next)) in evidence.enumerated() {
        let now = Specimen.now + Int64(number)
        let answer = try #require(try await store.settle(known.id, with: evidence, nextQueryAt: next, at: now))
        #expect(answer.before == known)
        let payer = try await store.order(known.orderID)?.paidBy
        #expect(
          answer.decision
            == Payments.settle(
              known, with: evidence,
              in: Circumstances(orderPaidBy: payer == known.id ? nil : payer, nextQueryAt: next), at: now))
        known = answer.decision.transaction
        #expect(try await store.transaction(known.id) == known)
        let timeline = try await store.timeline(of: known.id)
        #expect(timeline.count == number + 2)
        #expect(timeline.last?.event == answer.decision.event)
        #expect(timeline.last?.status == known.status)
        #expect(timeline.last?.reason == known.reason)
        #expect(timeline.last?.delivery == nil)
      }
      #expect(known.status == .completed)
      #expect(try await store.order(known.orderID)?.paidBy == known.id)
    }
  }

  private static func everyField(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let pushed = try await store.push(phone: 99_999_999)
      _ = try await store.settled(pushed.id, .queryAnswer(.result("1037", description: "DS timeout 💸")))
      let mismatch = try Specimen.paid(pushed, receipt: "abcXYZ0123456789abcXYZ0123456789", amount: Amount(cents: 7))
      let reviewed = try await store.settled(pushed.id, .callback(mismatch, .token), at: Specimen.now + 3).transaction
      #expect(reviewed.receivedAmount == Amount(cents: 7))
      #expect(reviewed.reason == .amountMismatch)
      let ruled = try await store.settled(
        pushed.id, .operatorRuling(.completed, who: "asha", why: "accepted"), at: Specimen.now + 4
      ).transaction
      let contradicted = try await store.settled(
        pushed.id, .callback(try Specimen.paid(pushed, receipt: "OTHER"), .token), at: Specimen.now + 5
      ).transaction
      #expect(contradicted.flags == .contradicted)
      var expected = ruled
      expected.flags = .contradicted
      #expect(contradicted == expected)
      #expect(try await store.transaction(pushed.id) == contradicted)
    }
  }

  private static func concurrentSettling(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let payments = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<30 {
          group.addTask {
            try await store.settled(transaction.id, .queryAnswer(.result("0", description: nil))).paysOrder
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(payments == 1)
      #expect(try await store.transaction(transaction.id)?.queries == 30, "no answer is lost")
      #expect(try await store.timeline(of: transaction.id).count == 32)
    }
  }

  private static func twoPayments(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let first = try await store.push(phone: 1)
      let order = try #require(try await store.order(first.orderID))
      let later = Specimen.now + Specimen.rules.promptLifetime
      guard case .opened(let second, _) = try await store.open(order, phone: 2, at: later) else { return }
      _ = try await store.deliver(try Specimen.paid(second), to: second)
      _ = try await store.deliver(try Specimen.paid(first), to: first)
      #expect(try await store.order(order.id)?.paidBy == second.id)
      #expect(try await store.transaction(second.id)?.flags == [])
      #expect(try await store.transaction(first.id)?.status == .completed)
      #expect(try await store.transaction(first.id)?.flags == .duplicatePayment)
    }
  }

  private static func timeline(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let other = try await store.push(phone: 2)
      _ = try await store.settled(transaction.id, .queryAnswer(.pending), at: Specimen.now + 9)
      _ = try await store.deliver(Specimen.cancelled(transaction), to: transaction, at: Specimen.now + 8)
      _ = try await store.deliver(try Specimen.paid(transaction), to: transaction, at: Specimen.now + 7)
      let timeline = try await store.timeline(of: transaction.id)
      #expect(
        timeline.map(\.event.kind) == [.pushRequested, .pushAccepted, .noInformation, .failed, .lateSuccess],
        "in the order of the commits, not of the clocks")
      #expect(timeline.map(\.event.source) == [.push, .push, .query, .callback, .callback])
      #expect(timeline.map(\.status) == [.pending, .pending, .pending, .failed, .completed])
      #expect(timeline.map(\.reason) == [nil, nil, nil, .cancelled, nil])
      #expect(timeline.map(\.event.resultCode) == [nil, nil, nil, "1032", "0"])
      #expect(timeline.map { $0.delivery == nil } == [true, true, true, false, false])
      #expect(try await store.timeline(of: other.id).count == 2)
    }
  }

  private static func unansweredPushes(_ home: StoreUnderTest) async throws {
    let year: Microseconds = 365 * 86_400 * Specimen.second
    let (first, second) = try await home.use { store in
      let second = try await store.push(phone: 1, accepted: false, at: Specimen.now + year)
      let first = try await store.push(phone: 2, accepted: false, at: Specimen.now + 1)
      _ = try await store.push(phone: 4, accepted: true, at: Specimen.now)
      #expect(try await store.unansweredPushes(limit: 10).isEmpty, "they may still be answered")
      return (first, second)
    }
    try await home.use { store in
      _ = try await store.push(phone: 3, accepted: false, at: Specimen.now - year)
      #expect(try await store.unansweredPushes(limit: 10).map(\.id) == [first.id, second.id])
      #expect(try await store.unansweredPushes(limit: 1).map(\.id) == [first.id])
      _ = try await store.settled(first.id, .pushAnswer(.uncertain(detail: "the program stopped")))
      #expect(try await store.unansweredPushes(limit: 10).map(\.id) == [second.id])
    }
  }

  private static func census(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let empty = try await store.census()
      #expect(empty.deliveries.values.allSatisfy { $0 == 0 })
      #expect(empty.transactions.values.allSatisfy { $0 == 0 })
      #expect(empty.oldestWaiting == nil)
      let bodies = (0..<6).map { Specimen.delivery(Array("\($0)".utf8), at: Specimen.now + Int64($0)) }
      let ids = try await appendAll(bodies, to: store)
      let pushes = [try await store.push(phone: 1), try await store.push(phone: 2), try await store.push(phone: 3)]
      let unknown = STKCallback(checkoutRequestID: "ws_CO_nobody", resultCode: "0")
      let mismatch = try Specimen.paid(pushes[0], amount: Amount(cents: 100))
      _ = try await store.conclude(
        [
          (ids[0], .evidence(about: .transaction(pushes[0].id), mismatch, .token, ifUnknown: .giveUp)),
          (ids[1], .quarantine(reason: "unreadable")),
          (ids[2], .evidence(about: .checkoutRequestID("ws_CO_nobody"), unknown, .none, ifUnknown: .giveUp)),
          (ids[3], .evidence(about: .checkoutRequestID("ws_CO_nobody"), unknown, .none, ifUnknown: .park(until: .max))),
        ], at: Specimen.now)
      let census = try await store.census()
      #expect(census.deliveries[.received] == 2)
      #expect(census.deliveries[.quarantined] == 1)
      #expect(census.deliveries[.unmatched] == 1)
      #expect(census.deliveries[.parked] == 1)
      #expect(census.oldestWaiting == Specimen.now + 4)
      #expect(census.transactions[.pending] == 2)
      #expect(census.transactions[.review] == 1)
    }
  }
}
