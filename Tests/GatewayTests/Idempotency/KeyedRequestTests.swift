import Crypto
import Daraja
import Payments
import Store
import Testing

/// The same request again, with and without its key: over real HTTP and a real store.
@Suite(.timeLimit(.minutes(1))) struct KeyedRequestTests {
  @Test func aHundredAtOnceWithOneKeyAreOnePush() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<100 { group.addTask { try await shop.initiate(order, token: token, key: "k-1") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(shop.daraja.pushes == 1)
      #expect(Set(answers.map(\.status)) == [200])
      #expect(Set(answers.map(\.body)).count == 1)
      #expect(answers.filter { $0.headers["idempotency-replayed"] == "true" }.count == 99)
    }
  }

  /// A step of the clock ends no key's day: the request again would be a second prompt.
  @Test(arguments: [3_600.0, -3_600, 86_400, -86_400, 31_622_400, -31_622_400])
  func aClockThatIsSetForgetsNoKey(seconds: Double) async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let first = try await shop.initiate(order, token: token, key: "k-1")
      shop.daraja.answerQueries(.final("1032", description: "Request cancelled by user"))
      shop.clock.advance(seconds: 600)
      await shop.questioner.askIfDue(TransactionID(1), for: "7")
      shop.clock.set(forwardBy: seconds)
      shop.clock.advance(seconds: 60)
      let again = try await shop.initiate(order, token: token, key: "k-1")
      #expect(again.status == first.status && again.body == first.body)
      #expect(shop.daraja.pushes == 1)
    }
  }

  @Test func aHundredAtOnceWithoutAKeyAreOnePushToo() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<100 { group.addTask { try await shop.initiate(order, token: token) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(shop.daraja.pushes == 1)
      #expect(Set(answers.map(\.status)) == [200])
      #expect(Set(answers.map { $0.json["transaction_id"] }) == [.number("1")])
    }
  }

  /// What a key is worth: without it this would be a second prompt.
  @Test func theAnswerOutlivesThePaymentForADay() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let first = try await shop.initiate(order, token: token, key: "k-1")
      shop.daraja.answerQueries(.final("1032", description: "Request cancelled by user"))
      shop.clock.advance(seconds: 600)
      await shop.questioner.askIfDue(TransactionID(1), for: "7")
      #expect(try await shop.store.transaction(TransactionID(1))?.status == .failed)

      let again = try await shop.initiate(order, token: token, key: "k-1")
      #expect(again.status == first.status && again.body == first.body)
      #expect(again.headers["idempotency-replayed"] == "true")
      #expect(first.headers["idempotency-replayed"] == nil)
      #expect(shop.daraja.pushes == 1)

      shop.clock.advance(seconds: 86_400 - 600 + 1)
      let nextDay = try await shop.initiate(order, token: token, key: "k-1")
      #expect(nextDay.json["transaction_id"] == .number("2"))
      #expect(shop.daraja.pushes == 2)
    }
  }

  @Test func anotherBodyUnderTheSameKeyIsRefused() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      _ = try await shop.initiate(order, token: token, key: "k-1")
      let other = try await shop.initiate(order, phone: "254711222333", token: token, key: "k-1")
      #expect(other.status == 409)
      #expect(other.errorCode == "idempotency_mismatch")
      #expect(shop.daraja.pushes == 1)
    }
  }

  @Test func anotherBodyIsRefusedWhileTheFirstIsAtWorkToo() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let (arrived, arrival) = AsyncStream<Void>.makeStream()
      let (released, release) = AsyncStream<Void>.makeStream()
      shop.daraja.answerPushes { number in
        arrival.yield()
        for await _ in released { break }
        return CountingDaraja.accepted(number)
      }
      async let first = shop.initiate(order, token: token, key: "k-1")
      for await _ in arrived { break }
      let other = try await shop.initiate(order, phone: "254711222333", token: token, key: "k-1")
      #expect(other.errorCode == "idempotency_mismatch")
      release.yield()
      #expect(try await first.status == 200)
    }
  }

  @Test func keysBelongToTheirUserAndTheirRoute() async throws {
    try await Self.shop { shop in
      let (seven, eight) = (try await TestGateway.token(), try await TestGateway.token(user: "8"))
      let mine = try await shop.order()
      let theirs = try await shop.order(of: "8")
      _ = try await shop.initiate(mine, token: seven, key: "k")
      let other = try await shop.initiate(theirs, phone: "254711222333", token: eight, key: "k")
      #expect(other.status == 200)
      #expect(other.json["transaction_id"] == .number("2"))
      let made = try await shop.send(
        "POST", "/api/orders/", token: seven, key: "k", body: #"{"amount":"5","reference":"x"}"#)
      #expect(made.status == 201)
    }
  }

  /// Whether a result is given again, and whether trying again under the same key does the work again.
  private static let results: [(PushOutcome, status: Int, isKept: Bool)] = [
    (CountingDaraja.accepted(1), 200, true),
    (.uncertain(DarajaFailure(kind: .timeout, message: "No answer in time")), 202, true),
    (
      .rejected(
        DarajaFailure(kind: .invalidRequest, httpStatus: 400, message: "Bad Request", field: "PhoneNumber")),
      422, true
    ),
    // Nobody was prompted, and the reason may pass: the key is given back.
    (.rejected(DarajaFailure(kind: .credentials, httpStatus: 400, message: "Wrong credentials")), 503, false),
    (.busy(DarajaFailure(kind: .rateLimited, message: "System is busy"), retryAfter: .seconds(5)), 503, false),
  ]

  @Test(arguments: results)
  func whatWasDecidedIsGivenAgainAndWhatWasNotIsTriedAgain(
    outcome: PushOutcome, status: Int, isKept: Bool
  ) async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      shop.daraja.answerPushes { _ in outcome }
      let first = try await shop.initiate(order, token: token, key: "k-1")
      #expect(first.status == status)
      shop.daraja.answerPushes { CountingDaraja.accepted($0) }
      let second = try await shop.initiate(order, token: token, key: "k-1")
      #expect(second.status == (isKept ? status : 200))
      #expect((second.body == first.body) == isKept)
      #expect((second.headers["idempotency-replayed"] == "true") == isKept)
      #expect(shop.daraja.pushes == (isKept ? 1 : 2))
    }
  }

  @Test func whatCannotBeReadDoesNotUseUpTheKey() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let wrong = try await shop.initiate(order, phone: "12", token: token, key: "k-1")
      #expect(wrong.status == 422)
      #expect(try await shop.initiate(order, token: token, key: "k-1").status == 200)
    }
  }

  /// The program ends between the commit of the intent and the answer: the worst moment.
  @Test func aCrashAfterTheIntentIsAnsweredWithThatPayment() async throws {
    try await StateDirectory.use { directory in
      let token = try await TestGateway.token()
      var order = OrderID(0)
      try await RealShop.run(in: directory) { shop in
        order = try await shop.order()
        // As KeyedRequests and Prompter leave it when the power goes while the push is out.
        let request = KeyedRequest(
          user: "7", route: "initiate_mpesa_payment", key: "k-1",
          fingerprint: Self.fingerprint(#"{"order_id":\#(order),"phone_number":"254708374149"}"#))
        #expect(try await shop.store.reserve(request, since: .min, at: shop.clock.now) == .fresh)
        _ = try await shop.store.openPush(
          order: order, phone: try MSISDN("254708374149"), createdBy: "7", rules: AdmissionRules(),
          firstQueryAt: shop.clock.now, at: shop.clock.now)
      }
      let later = ShopClock()
      later.advance(seconds: 600)
      try await RealShop.run(in: directory, clock: later) { shop in
        // Long after: its prompt is dead and its doubt has cooled down, so that only the key keeps a second one from being sent.
        shop.clock.advance(seconds: 300)
        let answer = try await shop.initiate(order, token: token, key: "k-1")
        #expect(answer.status == 202)
        #expect(answer.json["transaction_id"] == .number("1"))
        #expect(answer.headers["idempotency-replayed"] == "true")
        let again = try await shop.initiate(order, token: token, key: "k-1")
        #expect(again.status == 202 && again.body == answer.body)
        #expect(shop.daraja.pushes == 0)
      }
    }
  }

  @Test func aCrashBeforeTheIntentIsDoneAnew() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let order = try await shop.order()
      let body = #"{"order_id":\#(order),"phone_number":"254708374149"}"#
      let request = KeyedRequest(
        user: "7", route: "initiate_mpesa_payment", key: "k-1", fingerprint: Self.fingerprint(body))
      _ = try await shop.store.reserve(request, since: .min, at: shop.clock.now)
      let answer = try await shop.initiate(order, token: token, key: "k-1")
      #expect(answer.status == 200)
      #expect(shop.daraja.pushes == 1)
    }
  }

  @Test func anOrderIsMadeOnceForOneKey() async throws {
    try await Self.shop { shop in
      let token = try await TestGateway.token()
      let body = #"{"amount":"1500.00","reference":"INV-9"}"#
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<20 {
          group.addTask { try await shop.send("POST", "/api/orders/", token: token, key: "k", body: body) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers.map(\.status)) == [201])
      #expect(Set(answers.map(\.body)).count == 1)
      #expect(Set(answers.map { $0.headers["location"] }) == ["/api/orders/1/"])
      #expect(answers.filter { $0.headers["idempotency-replayed"] == nil }.count == 1)
      #expect(try await shop.store.order(OrderID(2)) == nil)
      let other = try await shop.send(
        "POST", "/api/orders/", token: token, key: "k", body: #"{"amount":"1","reference":"x"}"#)
      #expect(other.errorCode == "idempotency_mismatch")
    }
  }

  @Test(arguments: ["", " ", "a b", "é", String(repeating: "k", count: 256), "a\tb"])
  func aKeyThatIsNoneIsRefused(key: String) async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(Order.example())
      var client = try await RawConnection.open(port: gateway.port)
      let body = #"{"order_id":123,"phone_number":"0712345678"}"#
      try await client.send(
        "POST /api/payments/transactions/initiate_mpesa_payment/ HTTP/1.1\r\nHost: x\r\n"
          + "Authorization: JWT \(try await TestGateway.token())\r\nIdempotency-Key: \(key)\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      let answer = try await client.answer()
      #expect(answer.status == 400)
      #expect(answer.errorCode == "invalid_idempotency_key")
      #expect(gateway.prompting.asked.isEmpty)
    }
  }

  @Test func twoKeysAreNone() async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send(
        "POST", "/api/orders", token: try await TestGateway.token(),
        headers: [("Idempotency-Key", "a"), ("Idempotency-Key", "b")], body: #"{"amount":"1","reference":"x"}"#)
      #expect(answer.errorCode == "invalid_idempotency_key")
      #expect(gateway.store.orders.isEmpty)
    }
  }

  private static func fingerprint(_ body: String) -> [UInt8] { Array(SHA256.hash(data: Array(body.utf8))) }

  private static func shop(_ body: (RealShop) async throws -> Void) async throws {
    try await StateDirectory.use { try await RealShop.run(in: $0, body) }
  }
}
