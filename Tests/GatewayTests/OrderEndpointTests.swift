import Daraja
import Payments
import Store
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct OrderEndpointTests {
  @Test func anOrderIsMadeAndShown() async throws {
    try await TestGateway.run { gateway in
      let token = try await TestGateway.token()
      let made = try await gateway.send(
        "POST", "/api/orders/", token: token,
        body: #"{"amount":"1500.00","description":"Two chairs","reference":"INV-9","colour":"red"}"#)
      #expect(made.status == 201)
      #expect(made.headers["location"] == "/api/orders/1/")
      #expect(made.headers["content-type"] == "application/json")
      #expect(made.headers["cache-control"] == "no-store")
      #expect(made.headers["x-content-type-options"] == "nosniff")
      #expect(
        made.body
          == #"{"order_id":1,"amount":"1500.00","description":"Two chairs","reference":"INV-9","status":"unpaid","#
          + #""paid_by_transaction_id":null,"created_at":"2026-01-02T03:04:05Z","#
          + #""expires_at":"2026-01-03T03:04:05Z","success_url":null,"cancel_url":null,"#
          + #""checkout_url":"https://pay.example.co.ke/checkout/\#(gateway.checkout.tokens.token(for: ProvenOrder(OrderID(1), nonce: nil)))"}"#
      )
      for path in ["/api/orders/1/", "/api/orders/1"] {
        let shown = try await gateway.send("GET", path, token: token)
        #expect(shown.status == 200)
        #expect(shown.body == made.body)
      }
      #expect(gateway.store.orders.map(\.createdBy) == ["7"])
    }
  }

  @Test func anOrderSaysHowItIsPaidAtItsPage() async throws {
    try await TestGateway.run { gateway in
      let made = try await gateway.send(
        "POST", "/api/orders/", token: try await TestGateway.token(), headers: [("idempotency-key", "k")],
        body:
          #"{"amount":1,"reference":"x","success_url":"https://s.example/ok?a=1","cancel_url":"http://localhost/no","#
          + #""expires_in_seconds":60}"#)
      #expect(made.json["expires_at"] == .string("2026-01-02T03:05:05Z"))
      #expect(made.json["success_url"] == .string("https://s.example/ok?a=1"))
      #expect(made.json["cancel_url"] == .string("http://localhost/no"))
      let url = try #require(made.json["checkout_url"]?.text)
      let token = try #require(url.split(separator: "/").last)
      #expect(gateway.checkout.tokens.proven(by: token) == ProvenOrder(OrderID(1), nonce: nil))
    }
  }

  @Test func aPaidOrderNamesItsTransaction() async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(Order.example(paidBy: TransactionID(456)))
      let shown = try await gateway.send("GET", "/api/orders/123/", token: try await TestGateway.token())
      #expect(shown.json["status"] == .string("paid"))
      #expect(shown.json["paid_by_transaction_id"] == .number("456"))
    }
  }

  @Test(arguments: [
    ("", "invalid_json", 400, nil), ("{\"amount\":", "invalid_json", 400, nil), ("[]", "invalid_json", 400, nil),
    (#"{"reference":"x"}"#, "missing_field", 422, "amount"),
    (#"{"amount":null,"reference":"x"}"#, "missing_field", 422, "amount"),
    (#"{"amount":"1"}"#, "missing_field", 422, "reference"),
    (#"{"amount":"-1","reference":"x"}"#, "invalid_amount", 422, "amount"),
    (#"{"amount":0,"reference":"x"}"#, "invalid_amount", 422, "amount"),
    (#"{"amount":"1","reference":"1234567890123"}"#, "invalid_reference", 422, "reference"),
    (#"{"amount":"1","reference":"x","description":7}"#, "invalid_description", 422, "description"),
    (#"{"amount":"1","reference":"x","success_url":"shop"}"#, "invalid_return_url", 422, "success_url"),
    (#"{"amount":"1","reference":"x","cancel_url":"http://shop.example/"}"#, "invalid_return_url", 422, "cancel_url"),
    (#"{"amount":"1","reference":"x","expires_in_seconds":59}"#, "invalid_expiry", 422, "expires_in_seconds"),
    (#"{"amount":"1","reference":"x","expires_in_seconds":"90"}"#, "invalid_expiry", 422, "expires_in_seconds"),
    (#"{"amount":"1","reference":"x","expires_in_seconds":31536001}"#, "invalid_expiry", 422, "expires_in_seconds"),
  ])
  func wrongOrdersAreRefused(body: String, code: String, status: Int, field: String?) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send("POST", "/api/orders", token: try await TestGateway.token(), body: body)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
      #expect(answer.errorField == field)
      #expect(gateway.store.orders.isEmpty)
    }
  }

  @Test(arguments: [
    "/api/orders/9/", "/api/orders/0", "/api/orders/-1", "/api/orders/x", "/api/orders/99999999999999999999",
  ])
  func ordersThatAreNotThereOrBelongToOthersLookTheSame(path: String) async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(Order.example(id: 9, createdBy: "8"))
      let answer = try await gateway.send("GET", path, token: try await TestGateway.token())
      #expect(answer.status == 404)
      #expect(answer.errorCode == "order_not_found")
    }
  }
}
