import Daraja
import Testing

@testable import Payments

@Suite("What the merchant is told")
struct WebhookEventTests {
  private static let at: Microseconds = 1_795_478_400_123_456

  private static func pending() throws -> Transaction {
    var transaction = Transaction(
      id: TransactionID(12), orderID: OrderID(7), amount: Amount(cents: 150_000), phone: try MSISDN("0712345678"),
      createdBy: "7", createdAt: at - 9_000_000, nextQueryAt: at)
    transaction.checkoutRequestID = "ws_CO_1"
    return transaction
  }

  private static func decision(_ evidence: Evidence) throws -> Decision {
    settle(try pending(), with: evidence, in: Circumstances(nextQueryAt: at + 1), at: at)
  }

  @Test func aPaymentIsToldWithEverythingThatIsKnown() throws {
    let paid = STKCallback(
      checkoutRequestID: "ws_CO_1", resultCode: .success, resultDescription: "processed \"well\"",
      amount: Amount(cents: 150_000), receipt: Receipt("NLJ7RT61SV"))
    let event = try #require(WebhookEvent(try Self.decision(.callback(paid, .token)), orderReference: "A-17"))
    #expect(
      String(decoding: event.body, as: UTF8.self) == """
        {"type":"payment.completed","timestamp":"2026-11-24T00:00:00.123456Z","data":{"transaction_id":12,"order_id":7,\
        "order_reference":"A-17","status":"completed","reason":null,"flags":[],"amount":"1500.00","received_amount":null,\
        "receipt":"NLJ7RT61SV","phone_number":"254712345678","checkout_request_id":"ws_CO_1","result_code":"0",\
        "result_description":"processed \\"well\\"","settled_at":"2026-11-24T00:00:00.123456Z","evidence":"callback",\
        "event":"completed","detail":"Paid, receipt NLJ7RT61SV."}}
        """)
  }

  @Test func aRefusalSaysWhy() throws {
    let event = try #require(
      WebhookEvent(try Self.decision(.queryAnswer(.result("1032", description: nil))), orderReference: ""))
    let body = try JSONValue.parse(event.body)
    #expect(body["type"] == .string("payment.failed"))
    #expect(body["data"]?["reason"] == .string("cancelled"))
    #expect(body["data"]?["receipt"] == .null)
    #expect(body["data"]?["evidence"] == .string("query"))
  }

  @Test func otherMoneyIsNamedInReview() throws {
    let other = STKCallback(
      checkoutRequestID: "ws_CO_1", resultCode: .success, amount: Amount(cents: 100), receipt: Receipt("NLJ7RT61SV"))
    let event = try #require(WebhookEvent(try Self.decision(.callback(other, .token)), orderReference: "A"))
    let data = try #require(try JSONValue.parse(event.body)["data"])
    #expect(data["status"] == .string("review"))
    #expect(data["amount"] == .string("1500.00"))
    #expect(data["received_amount"] == .string("1.00"))
  }

  @Test func whatChangesNothingForTheMerchantIsNotTold() throws {
    #expect(WebhookEvent(try Self.decision(.queryAnswer(.pending)), orderReference: "A") == nil)
  }
}
