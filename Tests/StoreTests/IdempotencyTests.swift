import Daraja
import Payments
import Store
import StoreConformance
import Testing

/// Keys of requests, and the doubt that keeps a phone quiet: what the store remembers, over restarts too.
@Suite("SQLite, requests with a key", .timeLimit(.minutes(1)))
struct IdempotencyTests {
  private static let now: Microseconds = 1_795_000_000_000_000
  private static let day = KeyedRequest.lifetime
  private static let answer = KeptAnswer(status: 201, location: "/api/orders/1/", body: Array(#"{"a":1}"#.utf8))

  private static func request(
    _ key: String = "k", user: String = "7", route: String = "orders", body: [UInt8] = [1, 2, 3]
  ) -> KeyedRequest {
    KeyedRequest(user: user, route: route, key: key, fingerprint: body)
  }

  private static func store(_ body: (SQLiteStore) async throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      try await body(store)
      await store.close()
    }
  }

  @Test("A key is free, then reserved, then answered, also after a restart")
  func lifeOfAKey() async throws {
    try await TemporaryDirectory.use { path in
      let request = Self.request()
      for step in 0..<3 {
        let store = try SQLiteStore(directory: path, logger: Journal().logger)
        switch step {
        case 0:
          #expect(try await store.reservation(of: request, since: 0) == .fresh)
          #expect(try await store.reserve(request, since: 0, at: Self.now) == .fresh)
        case 1:
          #expect(try await store.reserve(request, since: 0, at: Self.now) == .unfinished(after: TransactionID(0)))
          try await store.keep(Self.answer, for: request)
        default:
          #expect(try await store.reserve(request, since: 0, at: Self.now) == .answered(Self.answer))
        }
        await store.close()
      }
    }
  }

  @Test("Of many that reserve one key at once exactly one gets it")
  func race() async throws {
    try await Self.store { store in
      let fresh = try await withThrowingTaskGroup(of: Reservation.self) { group in
        for _ in 0..<50 { group.addTask { try await store.reserve(Self.request(), since: 0, at: Self.now) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(fresh.filter { $0 == .fresh }.count == 1)
    }
  }

  @Test("Another body is noticed; another user, route or key is another request")
  func identity() async throws {
    try await Self.store { store in
      _ = try await store.reserve(Self.request(), since: 0, at: Self.now)
      #expect(try await store.reservation(of: Self.request(body: [1, 2]), since: 0) == .mismatch)
      for other in [Self.request("K"), Self.request(user: "8"), Self.request(route: "initiate_mpesa_payment")] {
        #expect(try await store.reservation(of: other, since: 0) == .fresh)
      }
    }
  }

  @Test("A key that is given back is free; one that was answered is not given back")
  func release() async throws {
    try await Self.store { store in
      _ = try await store.reserve(Self.request(), since: 0, at: Self.now)
      try await store.release(Self.request())
      #expect(try await store.reserve(Self.request(), since: 0, at: Self.now) == .fresh)
      try await store.keep(Self.answer, for: Self.request())
      try await store.release(Self.request())
      #expect(try await store.reservation(of: Self.request(), since: 0) == .answered(Self.answer))
    }
  }

  @Test("A key whose day is over counts as new, before anybody forgets it")
  func expiry() async throws {
    try await Self.store { store in
      _ = try await store.reserve(Self.request(), since: 0, at: Self.now)
      try await store.keep(Self.answer, for: Self.request())
      #expect(try await store.reservation(of: Self.request(), since: Self.now) == .answered(Self.answer))
      let later = Self.now + Self.day + 1
      #expect(try await store.reserve(Self.request(body: [9]), since: later - Self.day, at: later) == .fresh)
      #expect(
        try await store.reservation(of: Self.request(body: [9]), since: 0) == .unfinished(after: TransactionID(0)))
    }
  }

  @Test("Old keys are forgotten a few at a time, oldest first, and only old ones")
  func forgetting() async throws {
    try await Self.store { store in
      for number in 0..<10 {
        _ = try await store.reserve(Self.request("k\(number)"), since: 0, at: Self.now + Int64(number))
      }
      #expect(try await store.forgetKeys(before: Self.now + 7, limit: 4, at: Self.now + 9) == 4)
      #expect(try await store.reservation(of: Self.request("k3"), since: 0) == .fresh)
      #expect(try await store.reservation(of: Self.request("k4"), since: 0) != .fresh)
      #expect(try await store.forgetKeys(before: Self.now + 7, limit: 4, at: Self.now + 9) == 3)
      #expect(try await store.reservation(of: Self.request("k7"), since: 0) != .fresh)
    }
  }

  @Test("A key that was used later than now, on a clock that was ahead, counts as used now")
  func redated() async throws {
    try await Self.store { store in
      _ = try await store.reserve(Self.request(), since: 0, at: Self.now + 365 * Self.day)
      #expect(try await store.forgetKeys(before: Self.now - Self.day, limit: 4, at: Self.now) == 0)
      #expect(try await store.reservation(of: Self.request(), since: Self.now) != .fresh)
      #expect(try await store.reservation(of: Self.request(), since: Self.now + 1) == .fresh)
    }
  }

  @Test("An order under a key is made once, together with its answer")
  func order() async throws {
    try await Self.store { store in
      let wanted = NewOrder(amount: Amount(cents: 100), description: "", reference: "A", createdBy: "7")
      let results = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 {
          group.addTask {
            let (isNew, known) = try await store.createOrder(wanted, for: Self.request(), since: 0, at: Self.now) {
              KeptAnswer(status: 201, body: Array("\($0.id)".utf8))
            }
            #expect(known == .answered(KeptAnswer(status: 201, body: Array("1".utf8))))
            return isNew
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.filter { $0 }.count == 1)
      #expect(try await store.order(OrderID(2)) == nil)
    }
  }

  @Test("An unfinished request finds the transaction that it made, and no other's")
  func recovery() async throws {
    try await Self.store { store in
      let phone = try MSISDN("254708374149")
      let other = try MSISDN("254711222333")
      let order = try await Self.order(in: store)
      // One from before that was settled, so that another may follow.
      let earlier = try await Self.push(order, phone, in: store)
      _ = try await store.settle(
        earlier, with: .pushAnswer(.rejected(code: nil, detail: "", ours: false)), nextQueryAt: nil, at: Self.now)
      _ = try await store.reserve(Self.request(), since: 0, at: Self.now)
      #expect(try await store.reservation(of: Self.request(), since: 0) == .unfinished(after: earlier))
      #expect(try await store.transaction(for: order, phone: phone, after: earlier) == nil)

      let refused = try await Self.push(order, phone, in: store)
      _ = try await store.settle(
        refused, with: .pushAnswer(.rejected(code: nil, detail: "", ours: false)), nextQueryAt: nil, at: Self.now)
      #expect(try await store.transaction(for: order, phone: phone, after: earlier) == nil, "nobody was prompted")
      let made = try await Self.push(order, phone, in: store)
      #expect(try await store.transaction(for: order, phone: phone, after: earlier)?.id == made)
      #expect(try await store.transaction(for: order, phone: other, after: earlier) == nil)
      #expect(try await store.transaction(for: OrderID(99), phone: phone, after: earlier) == nil)
    }
  }

  @Test("One prompt at a time on a phone, across orders and users; and its doubt outlives it, for phone and order")
  func onePrompt() async throws {
    try await Self.store { store in
      let phone = try MSISDN("254708374149")
      let other = try MSISDN("254711222333")
      let (first, second) = (try await Self.order(in: store), try await Self.order(by: "8", in: store))
      let open = try await Self.push(first, phone, in: store)
      let busy = try await Self.opening(second, phone, user: "8", at: Self.now + 1, in: store)
      #expect(busy == .refused(.phoneBusy(until: Self.now + 120_000_000)))

      // Long after the prompt ended Safaricom answers with a code that proves nothing.
      let doubt = Self.now + 300_000_000
      _ = try await store.settle(
        open, with: .queryAnswer(.result("1001", description: nil)), nextQueryAt: doubt + 1, at: doubt)
      #expect(try await store.transaction(open)?.ambiguousAt == doubt)
      let rest = PushOpening.refused(.coolingDown(until: doubt + 120_000_000))
      #expect(try await Self.opening(second, phone, user: "8", at: doubt + 1, in: store) == rest)
      #expect(try await Self.opening(first, other, at: doubt + 119_999_999, in: store) == rest)
      guard case .opened = try await Self.opening(second, phone, user: "8", at: doubt + 120_000_000, in: store) else {
        Issue.record("it does not end")
        return
      }
    }
  }

  private static func order(by user: String = "7", in store: SQLiteStore) async throws -> OrderID {
    try await store.createOrder(
      NewOrder(amount: Amount(cents: 100), description: "", reference: "A", createdBy: user), at: now
    ).id
  }

  private static func opening(
    _ order: OrderID, _ phone: MSISDN, user: String = "7", at now: Microseconds = now, in store: SQLiteStore
  ) async throws -> PushOpening {
    try await store.openPush(
      order: order, phone: phone, createdBy: user, rules: AdmissionRules(), firstQueryAt: now + 1, at: now)
  }

  private static func push(_ order: OrderID, _ phone: MSISDN, in store: SQLiteStore) async throws -> TransactionID {
    let opening = try await opening(order, phone, in: store)
    guard case .opened(let transaction, _) = opening else { throw NotOpened(opening: opening) }
    return transaction.id
  }

  private struct NotOpened: Error { var opening: PushOpening }
}
