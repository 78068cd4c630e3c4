import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// The end of a store, and its next beginning.
  public static let closing = [
    ConformanceCheck("a closed store refuses everything with closed", refusesWhenClosed),
    ConformanceCheck("closing twice does no harm, one after the other or at once", closeTwice),
    ConformanceCheck("closing ends the arrivals", closeEndsArrivals),
    ConformanceCheck("what is under way when it closes is either done or refused", closeUnderLoad),
    ConformanceCheck("everything is there after closing and opening again", reopen),
    ConformanceCheck("numbers go on after opening again", numbersGoOn),
  ]

  private static func refusesWhenClosed(_ home: StoreUnderTest) async throws {
    let store = try await home.open()
    let transaction = try await store.push(phone: 1)
    let order = try #require(try await store.order(transaction.orderID))
    let id = try await store.stored(Specimen.delivery())
    await store.close()
    let answers = Shared<[Result<Acceptance, StoreError>]>([])
    store.append(Specimen.delivery()) { answer in answers.withLock { $0.append(answer) } }
    #expect(answers.withLock { $0 } == [.failure(.closed)])
    let refusals: [(String, @Sendable () async throws -> Void)] = [
      ("claim", { try await store.claim([id]) }),
      ("conclude", { _ = try await store.conclude([(id, .quarantine(reason: "x"))], at: 0) }),
      ("createOrder", { _ = try await store.newOrder() }),
      ("openPush", { _ = try await store.open(order) }),
      ("settle", { _ = try await store.settle(transaction.id, with: .notAskable, nextQueryAt: nil, at: 0) }),
      ("received", { _ = try await store.received(after: nil, limit: 1) }),
      ("parked", { _ = try await store.parked(dueAt: 0, limit: 1) }),
      ("delivery", { _ = try await store.delivery(id) }),
      ("order", { _ = try await store.order(order.id) }),
      ("transaction", { _ = try await store.transaction(transaction.id) }),
      ("questionsDue", { _ = try await store.questionsDue(.older, at: 0, longestWait: 0, limit: 1) }),
      ("timeline", { _ = try await store.timeline(of: transaction.id) }),
      ("census", { _ = try await store.census() }),
    ]
    for (name, refusal) in refusals {
      await #expect(throws: StoreError.closed, "\(name)") { try await refusal() }
    }
  }

  private static func closeTwice(_ home: StoreUnderTest) async throws {
    let store = try await home.open()
    _ = try await store.stored(Specimen.delivery())
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { await store.close() } }
    }
    await store.close()
    let kept = try await home.use { again in try await again.received(after: nil, limit: 10) }
    #expect(kept.count == 1)
  }

  private static func closeEndsArrivals(_ home: StoreUnderTest) async throws {
    let store = try await home.open()
    let listener = Task { for await _ in store.arrivals {} }
    await store.close()
    await listener.value
  }

  private static func closeUnderLoad(_ home: StoreUnderTest) async throws {
    let store = try await home.open()
    let accepted = Shared<Set<String>>([])
    let strange = Shared<[String]>([])
    await withTaskGroup(of: Void.self) { group in
      for caller in 0..<8 {
        group.addTask {
          for number in 0..<200 {
            let body = "\(caller)-\(number)"
            do {
              _ = try await store.append(Specimen.delivery(body))
              accepted.withLock { _ = $0.insert(body) }
            } catch StoreError.closed {
              return
            } catch {
              strange.withLock { $0.append("\(error)") }
            }
          }
        }
      }
      group.addTask {
        while accepted.withLock({ $0.count < 100 }) { await Task.yield() }
        await store.close()
      }
    }
    #expect(strange.withLock { $0 } == [])
    let kept = try await home.use { again in
      try await again.received(after: nil, limit: 10_000).map { String(decoding: $0.body, as: UTF8.self) }
    }
    #expect(Set(kept) == accepted.withLock { $0 })
    #expect(kept.count == Set(kept).count)
  }

  private static func reopen(_ home: StoreUnderTest) async throws {
    struct Everything {
      var deliveries: [String] = []
      var transactions: [Transaction?] = []
      var orders: [Order?] = []
      var timelines: [[StoredEvent]] = []
      var census: Census?
      var dues: [Microseconds?] = []
    }
    func everything(_ store: any PaymentStore, _ ids: [DeliveryID], _ pushes: [Transaction]) async throws -> Everything
    {
      var all = Everything()
      for id in ids { all.deliveries.append(String(describing: try await store.delivery(id))) }
      for push in pushes {
        all.transactions.append(try await store.transaction(push.id))
        all.orders.append(try await store.order(push.orderID))
        all.timelines.append(try await store.timeline(of: push.id))
      }
      all.census = try await store.census()
      all.dues = [try await store.nextParkedDue(), try await store.nextQuestionDue()]
      return all
    }
    let (ids, pushes, before) = try await home.use { store in
      let bodies: [[UInt8]] = [[], [0], [0xFF, 0xC0], [UInt8](repeating: 7, count: 65_536), Array("x".utf8)]
      let ids = try await appendAll(bodies.map { Specimen.delivery($0) }, to: store)
      let pushes = [
        try await store.push(phone: 1), try await store.push(phone: 2), try await store.push(phone: 3, accepted: false),
      ]
      try await store.claim(ids)
      let unknown = STKCallback(checkoutRequestID: "ws_CO_nobody", resultCode: "0")
      _ = try await store.conclude(
        [
          (
            ids[0],
            .evidence(about: .transaction(pushes[0].id), try Specimen.paid(pushes[0]), .token, ifUnknown: .giveUp)
          ),
          (ids[1], .quarantine(reason: "unreadable")),
          (ids[2], .evidence(about: .checkoutRequestID("ws_CO_nobody"), unknown, .none, ifUnknown: .park(until: 7))),
        ], at: Specimen.now)
      _ = try await store.deliver(try Specimen.paid(pushes[1], amount: Amount(cents: 5)), to: pushes[1])
      return (ids, pushes, try await everything(store, ids, pushes))
    }
    try await home.use { store in
      let after = try await everything(store, ids, pushes)
      #expect(after.deliveries == before.deliveries)
      #expect(after.transactions == before.transactions)
      #expect(after.orders == before.orders)
      #expect(after.timelines == before.timelines)
      #expect(after.census == before.census)
      #expect(after.dues == before.dues)
      #expect(try await store.received(after: nil, limit: 10).map(\.id) == [ids[3], ids[4]])
      #expect(try await store.parked(dueAt: 7, limit: 10).map(\.id) == [ids[2]])
    }
  }

  private static func numbersGoOn(_ home: StoreUnderTest) async throws {
    let (delivery, push) = try await home.use { store in
      (try await store.stored(Specimen.delivery()), try await store.push(phone: 1))
    }
    try await home.use { store in
      #expect(try await store.stored(Specimen.delivery()) > delivery)
      let next = try await store.push(phone: 2)
      #expect(next.id > push.id)
      #expect(next.orderID > push.orderID)
    }
  }
}
