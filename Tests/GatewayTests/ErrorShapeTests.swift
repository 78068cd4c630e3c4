import Daraja
import Payments
import Store
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct ErrorShapeTests {
  @Test(
    arguments: [
      ("GET", "/", 404, "not_found", nil), ("POST", "/api", 404, "not_found", nil),
      ("GET", "/api/orders/1/2", 404, "not_found", nil),
      ("GET", "/api/payments/callbacks/a/b", 404, "not_found", nil), ("GET", "/%00", 404, "not_found", nil),
      ("GET", "/api/orders", 405, "method_not_allowed", "POST"),
      ("PUT", "/api/orders/", 405, "method_not_allowed", "POST"),
      ("DELETE", "/api/orders/1", 405, "method_not_allowed", "GET, HEAD"),
      ("PROPFIND", "/healthz", 405, "method_not_allowed", "GET, HEAD"),
      ("GET", "/api/payments/transactions/initiate_mpesa_payment", 405, "method_not_allowed", "POST"),
      ("POST", "/api/payments/transactions/1/check_mpesa_status/", 405, "method_not_allowed", "GET, HEAD"),
      ("GET", "/api/payments/transactions/mpesa_callback/", 405, "method_not_allowed", "POST"),
      ("OPTIONS", "/api/payments/callbacks", 405, "method_not_allowed", "POST"),
      ("POST", "/api/orders", 401, "token_missing", nil), ("GET", "/api/orders/1", 401, "token_missing", nil),
      ("POST", "/api/payments/transactions/initiate_mpesa_payment", 401, "token_missing", nil),
      ("GET", "/api/payments/transactions/1/check_mpesa_status", 401, "token_missing", nil),
    ] as [(String, String, Int, String, String?)])
  func everyErrorHasTheOneShape(method: String, path: String, status: Int, code: String, allow: String?) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send(method, path)
      #expect(answer.status == status)
      #expect(answer.errorCode == code, "\(answer.body)")
      #expect(answer.headers["allow"] == allow)
      #expect(answer.headers["content-type"] == "application/json")
      #expect(answer.headers["cache-control"] == "no-store")
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect((answer.headers["www-authenticate"] == "JWT") == (status == 401))
    }
  }

  @Test(
    arguments: [
      ("application/json", 201), ("application/json; charset=utf-8", 201), ("Application/JSON;charset=UTF-8", 201),
      ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/jsonp", 415), (nil, 415),
      ("", 415),
    ] as [(String?, Int)])
  func onlyJSONIsTaken(contentType: String?, status: Int) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send(
        "POST", "/api/orders", token: try await TestGateway.token(), body: #"{"amount":"1","reference":"x"}"#,
        contentType: contentType)
      #expect(answer.status == status)
      if status == 415 { #expect(answer.errorCode == "unsupported_media_type") }
    }
  }

  @Test(arguments: [0, 1])
  func requestBodiesHaveALimit(excess: Int) async throws {
    try await TestGateway.run { gateway in
      let start = #"{"amount":"1","reference":"x","pad":""#
      let body = start + String(repeating: "p", count: 16 * 1024 - start.utf8.count - 2 + excess) + "\"}"
      let answer = try await gateway.send("POST", "/api/orders", token: try await TestGateway.token(), body: body)
      #expect(answer.status == (excess == 0 ? 201 : 413))
      if excess > 0 {
        #expect(answer.errorCode == "body_too_large")
        #expect(answer.headers["connection"] == "close")
      }
    }
  }

  @Test func wrongTokensAreToldApart() async throws {
    try await TestGateway.run { gateway in
      let expired = try await TokenIssuer(secret: TestGateway.secret, now: { 0 }).token(
        user: "7", lifetime: .seconds(60))
      #expect(try await gateway.send("GET", "/api/orders/1", token: expired).errorCode == "token_expired")
      #expect(try await gateway.send("GET", "/api/orders/1", token: "x.y.z").errorCode == "token_invalid")
      #expect(
        try await gateway.send("GET", "/api/orders/1", headers: [("Authorization", "Basic eDp5")]).errorCode
          == "token_missing")
    }
  }

  @Test func healthNeedsNoTokenAndTellsNothing() async throws {
    try await TestGateway.run { gateway in
      let well = try await gateway.send("GET", "/healthz/")
      #expect(well.status == 200)
      #expect(well.body == #"{"status":"ok"}"#)
      gateway.store.fail(.unavailable(detail: "I/O error on /var/lib/mpesad"))
      let ill = try await gateway.send("GET", "/healthz")
      #expect(ill.status == 503)
      #expect(ill.errorCode == "store_unavailable")
      #expect(!ill.body.contains("/var"))
    }
  }

  @Test func anAnswerToHeadHasNoBody() async throws {
    try await TestGateway.run { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      for (path, status) in [("/healthz", 200), ("/nothing", 404), ("/api/payments/callbacks", 405)] {
        try await client.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try await client.answer(toHead: true)
        #expect(answer.status == status)
        #expect(answer.headers["content-length"].flatMap { Int($0) } ?? 0 > 0)
      }
      // Were there a body anywhere, this answer would not be one.
      try await client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await client.answer().body == #"{"status":"ok"}"#)
    }
  }

  @Test func neitherTokensNorNumbersReachTheLog() async throws {
    try await TestGateway.run { gateway in
      let token = try await TestGateway.token()
      gateway.prompting.answer(.success(.noSuchOrder))
      _ = try await gateway.send(
        "POST", "/api/payments/transactions/initiate_mpesa_payment/?q=secretquery", token: token,
        body: #"{"order_id":1,"phone_number":"254712345678"}"#)
      let callbackToken = gateway.tokens.token(for: ProvenToken(TransactionID(5), nonce: Nonce(7)))
      _ = try await gateway.send("POST", "/api/payments/callbacks/\(callbackToken)", body: "{}")
      _ = try await gateway.send("POST", "/api/payments/callbacks/\(callbackToken)0", body: "{}")
      _ = try await gateway.send("POST", "/api/payments/callbacks/\(callbackToken)/x", body: "{}")
      let log = gateway.log.lines.joined(separator: "\n")
      #expect(log.contains("initiate_mpesa_payment"))
      #expect(log.contains("notice"))
      for secret in [token, "secretquery", "712345678", callbackToken.split(separator: ".")[1].description] {
        #expect(!log.contains(secret))
      }
    }
  }

  @Test func everyCodeHasAStatusAndASentenceThatSaysWhatToDo() {
    for code in ErrorCode.allCases {
      #expect((400...599).contains(code.status))
      #expect(code.sentence.hasSuffix("."))
    }
    #expect(Set(ErrorCode.allCases.map(\.rawValue)).count == ErrorCode.allCases.count)
  }
}
