import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// Orders, and the pushes that they admit.
  public static let orders = [
    ConformanceCheck("an order is kept as it was made", orderKept),
    ConformanceCheck("an order over nothing is refused", orderOverNothing),
    ConformanceCheck("an unknown order gets no push", noSuchOrder),
    ConformanceCheck("an opened push is pending, with its first question and its first event", opened),
    ConformanceCheck("fifty callers for one order at once: exactly one push is opened", fiftyCallers),
    ConformanceCheck("fifty orders for one phone at once: exactly one push is opened", fiftyOrders),
    ConformanceCheck("the order's own live push is answered with, until its prompt has ended", alreadyOpen),
    ConformanceCheck("a phone with a live prompt is busy", phoneBusy),
    ConformanceCheck("a paid order gets no push", orderPaid),
    ConformanceCheck("an order in review gets no push, and a failed one does", orderInReview),
    ConformanceCheck("an amount that cannot be prompted for gets no push", notPromptable),
  ]

  private static func orderKept(_ home: StoreUnderTest) async throws {
    let asked = [
      NewOrder(amount: Amount(cents: 1), description: "", reference: "", createdBy: ""),
      NewOrder(
        amount: Amount(cents: Amount.maximumCents), description: "Taa mbili 💡 'x' \"y\" end", reference: "A-17/2",
        createdBy: "user:7",
        checkout: CheckoutTerms(
          expiresAt: Specimen.now + 60_000_000, successURL: "https://shop.example/ok?a=b&c=1",
          cancelURL: "https://shop.example/no")),
    ]
    try await home.use { store in
      var made: [Order] = []
      for order in asked { made.append(try await store.createOrder(order, at: Specimen.now + Int64(made.count))) }
      #expect(made[0].id < made[1].id)
      for (order, asked) in zip(made, asked) {
        #expect(order.amount == asked.amount)
        #expect(order.description == asked.description)
        #expect(order.reference == asked.reference)
        #expect(order.createdBy == asked.createdBy)
        #expect(order.paidBy == nil)
        #expect(order.checkout == asked.checkout)
        #expect(try await store.order(order.id) == order)
      }
      #expect(made[1].createdAt == Specimen.now + 1)
      #expect(try await store.order(OrderID(made[1].id.number + 1)) == nil)
    }
  }

  private static func orderOverNothing(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      for cents in [0, -1, Int64.min] {
        await #expect(throws: (any Error).self) {
          try await store.createOrder(
            NewOrder(amount: Amount(cents: cents), description: "", reference: "", createdBy: ""), at: Specimen.now)
        }
      }
      _ = try await store.newOrder()
    }
  }

  private static func noSuchOrder(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let opening = try await store.openPush(
        order: OrderID(404), phone: try Specimen.phone(), createdBy: "7", rules: Specimen.rules, firstQueryAt: 1, at: 0)
      #expect(opening == .noSuchOrder)
    }
  }

  private static func opened(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let order = try await store.newOrder()
      let opening = try await store.open(order, phone: 5)
      guard case .opened(let transaction, let itsOrder) = opening else { throw UnexpectedOpening(opening: opening) }
      #expect(itsOrder == order)
      #expect(
        transaction
          == Transaction(
            id: transaction.id, orderID: order.id, amount: order.amount, phone: try Specimen.phone(5), createdBy: "7",
            createdAt: Specimen.now, nextQueryAt: Specimen.now + 30 * Specimen.second, nonce: transaction.nonce))
      #expect(transaction.nonce != nil && itsOrder.nonce != nil && transaction.nonce != itsOrder.nonce)
      #expect(transaction.status == .pending && transaction.push == .requested)
      #expect(try await store.transaction(transaction.id) == transaction)
      let timeline = try await store.timeline(of: transaction.id)
      #expect(timeline.map(\.event.kind) == [.pushRequested])
      #expect(timeline.first?.status == .pending)
      #expect(timeline.first?.event.detail.contains("254700000005") == false, "no full number in a timeline")
      #expect(try await store.transaction(TransactionID(transaction.id.number + 1)) == nil)
    }
  }

  private static func openings(
    _ count: Int, _ open: @escaping @Sendable (Int) async throws -> PushOpening
  ) async throws -> (opened: [Transaction], refused: [Admission]) {
    try await withThrowingTaskGroup(of: PushOpening.self) { group in
      for number in 0..<count { group.addTask { try await open(number) } }
      return try await group.reduce(into: (opened: [], refused: [])) { result, opening in
        switch opening {
        case .opened(let transaction, _): result.opened.append(transaction)
        case .refused(let admission): result.refused.append(admission)
        case .noSuchOrder: throw UnexpectedOpening(opening: opening)
        }
      }
    }
  }

  private static func fiftyCallers(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let order = try await store.newOrder()
      let (opened, refused) = try await openings(50) { try await store.open(order, phone: $0) }
      #expect(opened.count == 1)
      let only = try #require(opened.first)
      #expect(refused.count == 49)
      #expect(refused.allSatisfy { $0 == .alreadyOpen(only.id) })
    }
  }

  private static func fiftyOrders(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      var made: [Order] = []
      for _ in 0..<50 { made.append(try await store.newOrder()) }
      let orders = made
      let (opened, refused) = try await openings(50) { try await store.open(orders[$0], phone: 1) }
      #expect(opened.count == 1)
      #expect(refused.count == 49)
      #expect(
        refused.allSatisfy { $0 == .phoneBusy(until: Specimen.now + Specimen.rules.promptLifetime) })
    }
  }

  private static func alreadyOpen(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let order = try await store.newOrder()
      guard case .opened(let first, _) = try await store.open(order, phone: 1) else { return }
      let end = Specimen.now + Specimen.rules.promptLifetime
      #expect(try await store.open(order, phone: 2, at: end - 1) == .refused(.alreadyOpen(first.id)))
      guard case .opened(let second, _) = try await store.open(order, phone: 1, at: end) else {
        Issue.record("an ended prompt still blocks")
        return
      }
      #expect(second.id > first.id)
    }
  }

  private static func phoneBusy(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      let order = try await store.newOrder()
      #expect(
        try await store.open(order, phone: 1, at: Specimen.now + 7)
          == .refused(.phoneBusy(until: Specimen.now + Specimen.rules.promptLifetime)))
      _ = try await store.deliver(Specimen.cancelled(transaction), to: transaction)
      guard case .opened = try await store.open(order, phone: 1, at: Specimen.now + 8) else {
        Issue.record("a settled prompt still blocks its phone")
        return
      }
    }
  }

  private static func orderPaid(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      _ = try await store.deliver(try Specimen.paid(transaction), to: transaction)
      let order = try #require(try await store.order(transaction.orderID))
      #expect(try await store.open(order, phone: 2) == .refused(.orderPaid(by: transaction.id)))
    }
  }

  private static func orderInReview(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let transaction = try await store.push(phone: 1)
      _ = try await store.deliver(try Specimen.paid(transaction, amount: Amount(cents: 100)), to: transaction)
      let order = try #require(try await store.order(transaction.orderID))
      let later = Specimen.now + 10 * Specimen.rules.promptLifetime
      #expect(try await store.open(order, phone: 2, at: later) == .refused(.orderInReview(transaction.id)))
      _ = try await store.settled(transaction.id, .operatorRuling(.failed, who: "asha", why: "refunded"))
      guard case .opened = try await store.open(order, phone: 2, at: later) else {
        Issue.record("a failed payment blocks its order")
        return
      }
    }
  }

  private static func notPromptable(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      for cents in [99, 150, 25_000_100] as [Int64] {
        let order = try await store.newOrder(cents: cents)
        #expect(try await store.open(order) == .refused(.amountNotPromptable))
      }
    }
  }
}
