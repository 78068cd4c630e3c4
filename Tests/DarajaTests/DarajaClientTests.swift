import Foundation
import Testing

@testable import Daraja

@Suite struct DarajaClientTests {
  private static let oauthPath = "/oauth/v1/generate"
  private static let pushPath = "/mpesa/stkpush/v1/processrequest"
  private static let queryPath = "/mpesa/stkpushquery/v1/query"

  private func client(
    _ transport: ScriptedTransport, clock: ManualClock = ManualClock(), baseURL: String = "https://daraja.test",
    account: MerchantAccount? = nil
  ) -> DarajaClient {
    DarajaClient(
      baseURL: baseURL,
      credentials: DarajaCredentials(consumerKey: Secret("key"), consumerSecret: Secret("secret")),
      account: account ?? MerchantAccount(shortcode: "174379", passkey: Secret("passkey")), transport: transport,
      now: { clock.now })
  }

  private func request() throws -> STKPushRequest {
    try STKPushRequest(
      amount: Amount(cents: 150_000), phone: MSISDN("0712345678"), callbackURL: "https://shop.example/cb/T",
      accountReference: "ORDER-1", description: "Order 1")
  }

  private static func isOAuth(_ request: HTTPExchangeRequest) -> Bool { request.url.contains(oauthPath) }

  private static func token(_ number: Int) -> HTTPExchangeResponse {
    HTTPExchangeResponse(200, #"{"access_token":"token-\#(number)","expires_in":"3599"}"#)
  }

  /// OAuth works; everything else gets this answer.
  private func answering(_ status: Int, _ body: String) -> ScriptedTransport {
    ScriptedTransport { request, number in
      Self.isOAuth(request) ? Self.token(number) : HTTPExchangeResponse(status, body)
    }
  }

  @Test func pushSendsWhatThePortalAsksFor() async throws {
    let transport = answering(200, SampleAnswers.accepted)
    let outcome = await client(transport, baseURL: "https://daraja.test/").push(try request())
    guard case .accepted = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(transport.paths == [Self.oauthPath, Self.pushPath])
    let oauth = transport.sent[0]
    #expect(oauth.request.method == "GET")
    #expect(oauth.request.url.hasSuffix("?grant_type=client_credentials"))
    #expect(oauth.request.body == nil)
    #expect(oauth.request.headers.map { "\($0.name): \($0.value)" } == ["Authorization: Basic a2V5OnNlY3JldA=="])
    #expect(oauth.deadline == .seconds(15))

    let push = transport.sent[1]
    #expect(push.request.method == "POST")
    #expect(push.request.headers.map { "\($0.name): \($0.value)" } == ["Authorization: Bearer token-1"])
    #expect(push.deadline == .seconds(30))
    let password = Data("174379passkey20191219101115".utf8).base64EncodedString()
    let body = String(decoding: push.request.body ?? [], as: UTF8.self)
    #expect(
      body == """
        {"BusinessShortCode":"174379","Password":"\(password)","Timestamp":"20191219101115",\
        "TransactionType":"CustomerPayBillOnline","Amount":1500,"PartyA":"254712345678","PartyB":"174379",\
        "PhoneNumber":"254712345678","CallBackURL":"https://shop.example/cb/T","AccountReference":"ORDER-1",\
        "TransactionDesc":"Order 1"}
        """)
  }

  @Test func aTillPaysTheTill() async throws {
    let transport = answering(200, SampleAnswers.accepted)
    let till = MerchantAccount(
      shortcode: "600100", passkey: Secret("p"), transactionType: .customerBuyGoodsOnline, partyB: "5123456")
    _ = await client(transport, account: till).push(try request())
    let body = try JSONValue.parse(transport.sent[1].request.body ?? [])
    #expect(body["BusinessShortCode"]?.text == "600100")
    #expect(body["PartyB"]?.text == "5123456")
    #expect(body["TransactionType"]?.text == "CustomerBuyGoodsOnline")
  }

  @Test func querySendsFourTexts() async throws {
    let transport = answering(200, SampleAnswers.queryResult("\"1032\""))
    #expect(await client(transport).query(checkoutRequestID: "ws_CO_1") == .final("1032", description: "text"))
    #expect(transport.paths == [Self.oauthPath, Self.queryPath])
    #expect(transport.sent[1].deadline == .seconds(15))
    let password = Data("174379passkey20191219101115".utf8).base64EncodedString()
    #expect(
      try JSONValue.parse(transport.sent[1].request.body ?? [])
        == .object([
          .init("BusinessShortCode", .string("174379")), .init("Password", .string(password)),
          .init("Timestamp", .string("20191219101115")), .init("CheckoutRequestID", .string("ws_CO_1")),
        ]))
  }

  @Test func theTokenIsFetchedOnceForManyCalls() async throws {
    let transport = answering(200, SampleAnswers.queryResult("\"4999\""))
    let client = client(transport)
    await withTaskGroup(of: QueryOutcome.self) { group in
      for _ in 0..<50 { group.addTask { await client.query(checkoutRequestID: "ws_CO_1") } }
      for await outcome in group { #expect(outcome == .pending(description: "text")) }
    }
    #expect(transport.paths.filter { $0 == Self.oauthPath }.count == 1)
  }

  @Test(arguments: PushAnswerTests.tokenRefusals)
  func aRefusedTokenIsReplacedAndTheCallRepeatedOnce(status: Int, body: String) async throws {
    let transport = ScriptedTransport { request, number in
      if Self.isOAuth(request) { return Self.token(number) }
      let isFresh = request.headers.contains { $0.value == "Bearer token-3" }
      return isFresh ? HTTPExchangeResponse(200, SampleAnswers.accepted) : HTTPExchangeResponse(status, body)
    }
    guard case .accepted = await client(transport).push(try request()) else {
      Issue.record("not accepted")
      return
    }
    #expect(transport.paths == [Self.oauthPath, Self.pushPath, Self.oauthPath, Self.pushPath])
  }

  @Test func aSecondRefusalIsPermanent() async throws {
    let transport = answering(404, SampleAnswers.error("404.001.03", "Invalid Access Token"))
    let client = client(transport)
    guard case .rejected(let failure) = await client.push(try request()) else {
      Issue.record("not rejected")
      return
    }
    #expect(failure.kind == .credentials)
    #expect(failure.code == "404.001.03")
    #expect(transport.paths == [Self.oauthPath, Self.pushPath, Self.oauthPath, Self.pushPath])
    guard case .permanent(let again) = await client.query(checkoutRequestID: "ws_CO_1") else {
      Issue.record("not permanent")
      return
    }
    #expect(again.kind == .credentials)
  }

  @Test func manyCallsWithOneDeadTokenFetchOneNewToken() async throws {
    // Every query holds token-1 before any of them is refused.
    let everybodyHasSent = Barrier(20)
    let transport = ScriptedTransport { request, number in
      if Self.isOAuth(request) { return Self.token(number) }
      guard request.headers.contains(where: { $0.value == "Bearer token-1" }) else {
        return HTTPExchangeResponse(200, SampleAnswers.queryResult("\"0\""))
      }
      await everybodyHasSent.arrive()
      return HTTPExchangeResponse(404, SampleAnswers.error("404.001.03", "Invalid Access Token"))
    }
    let client = client(transport)
    await withTaskGroup(of: QueryOutcome.self) { group in
      for _ in 0..<20 { group.addTask { await client.query(checkoutRequestID: "ws_CO_1") } }
      for await outcome in group { #expect(outcome == .final(.success, description: "text")) }
    }
    #expect(transport.paths.filter { $0 == Self.oauthPath }.count == 2)
  }

  static let oauthFailures: [(Int, String, DarajaFailure.Kind, Bool)] = [
    (400, "", .credentials, true), (400, SampleAnswers.error("400.008.01", "x"), .credentials, true),
    (401, SampleAnswers.notSubscribed, .notSubscribed, true),
    (404, SampleAnswers.error("404.001.01", "Resource not found"), .invalidRequest, true),
    (503, "", .emptyBody, false), (500, "oops", .serverError, false), (200, "{}", .unreadable, false),
    (403, SampleAnswers.blockPage, .blockPage, false), (500, SampleAnswers.spikeArrest, .rateLimited, false),
  ]

  @Test(arguments: oauthFailures)
  func withoutATokenNobodyIsPrompted(
    status: Int, body: String, kind: DarajaFailure.Kind, isPermanent: Bool
  ) async throws {
    let transport = ScriptedTransport { _, _ in HTTPExchangeResponse(status, body) }
    let client = client(transport)
    switch (await client.push(try request()), isPermanent) {
    case (.rejected(let failure), true): #expect(failure.kind == kind)
    case (.busy(let failure, let wait), false):
      #expect(failure.kind == kind)
      #expect(wait >= .seconds(10))
    case (let outcome, _): Issue.record("\(outcome)")
    }
    switch (await client.query(checkoutRequestID: "ws_CO_1"), isPermanent) {
    case (.permanent(let failure), true), (.noInformation(let failure), false): #expect(failure.kind == kind)
    case (let outcome, _): Issue.record("\(outcome)")
    }
    #expect(transport.paths == [Self.oauthPath, Self.oauthPath])
  }

  static let lost: [(TransportFailure.Reason, DarajaFailure.Kind)] = [
    (.timeout, .timeout), (.connection, .connection), (.cancelled, .cancelled), (.answerTooLarge, .unreadable),
  ]

  @Test(arguments: lost)
  func aPushThatMayHaveBeenSentIsUncertain(reason: TransportFailure.Reason, kind: DarajaFailure.Kind) async throws {
    let transport = ScriptedTransport { request, number throws(TransportFailure) in
      if Self.isOAuth(request) { return Self.token(number) }
      throw TransportFailure(reason, requestMayHaveBeenSent: true, detail: "gone")
    }
    let client = client(transport)
    guard case .uncertain(let failure) = await client.push(try request()) else {
      Issue.record("not uncertain")
      return
    }
    #expect(failure.kind == kind)
    guard case .noInformation(let nothing) = await client.query(checkoutRequestID: "ws_CO_1") else {
      Issue.record("not without information")
      return
    }
    #expect(nothing.kind == kind)
    #expect(transport.paths == [Self.oauthPath, Self.pushPath, Self.queryPath])
  }

  @Test(arguments: [TransportFailure.Reason.timeout, .connection, .cancelled])
  func aPushThatWasNotSentPromptsNobody(reason: TransportFailure.Reason) async throws {
    let transport = ScriptedTransport { request, number throws(TransportFailure) in
      if Self.isOAuth(request) { return Self.token(number) }
      throw TransportFailure(reason, requestMayHaveBeenSent: false, detail: "refused")
    }
    guard case .busy(let failure, let wait) = await client(transport).push(try request()) else {
      Issue.record("not busy")
      return
    }
    #expect(failure.kind.rawValue == reason.rawValue)
    #expect(wait == (reason == .cancelled ? .zero : .seconds(10)))
  }

  @Test func aTransportFailureOfOAuthPromptsNobody() async throws {
    let transport = ScriptedTransport { _, _ throws(TransportFailure) in
      throw TransportFailure(.timeout, requestMayHaveBeenSent: true, detail: "no answer")
    }
    guard case .busy(let failure, _) = await client(transport).push(try request()) else {
      Issue.record("not busy")
      return
    }
    #expect(failure.kind == .timeout)
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    let transport = answering(200, SampleAnswers.accepted)
    let client = client(transport)
    let request = try request()
    let outcome = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await client.push(request)
    }.value
    guard case .busy(let failure, retryAfter: .zero) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(failure.kind == .cancelled)
    #expect(!transport.paths.contains(Self.pushPath))
  }

  @Test(arguments: ["", String(repeating: "x", count: 129)])
  func anImpossibleIDIsNotAsked(id: String) async {
    let transport = answering(200, SampleAnswers.queryResult("\"0\""))
    guard case .permanent(let failure) = await client(transport).query(checkoutRequestID: id) else {
      Issue.record("not permanent")
      return
    }
    #expect(failure.field == "CheckoutRequestID")
    #expect(transport.sent.isEmpty)
  }

  @Test func aRequestPrintsNeitherCredentialsNorNumbers() {
    let request = HTTPExchangeRequest(
      method: "POST", url: "https://daraja.test/", headers: [("Authorization", "Bearer T0KEN")],
      body: Array("254712345678".utf8))
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped] {
      #expect(text.contains("POST https://daraja.test/"))
      #expect(!text.contains("T0KEN"))
      #expect(!text.contains("54,"))
    }
  }
}

/// Lets nobody pass before all have arrived.
private actor Barrier {
  private let count: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) {
    self.count = count
  }

  func arrive() async {
    guard waiting.count + 1 < count else {
      for continuation in waiting { continuation.resume() }
      waiting.removeAll()
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }
}
