import Foundation
import Testing

@testable import DarajaSimulator

/// A push with one field changed, and what is said to it; nil for nothing.
struct FieldRow: Sendable, CustomTestStringConvertible {
  var field: String
  var value: JSONValue?
  var refusal: Refusal?

  init(_ field: String, _ value: JSONValue?, _ refusal: Refusal?) {
    self.field = field
    self.value = value
    self.refusal = refusal
  }

  var testDescription: String { "\(field) = \(value.map { "\($0)" } ?? "missing")" }
}

private let rows: [FieldRow] = [
  .init("BusinessShortCode", .string("174379"), nil),
  .init("BusinessShortCode", nil, .invalid("BusinessShortCode")),
  .init("BusinessShortCode", .string("1743"), .invalid("BusinessShortCode")),
  .init("BusinessShortCode", .string("17437x"), .invalid("BusinessShortCode")),
  .init("BusinessShortCode", .bool(true), .invalid("BusinessShortCode")),
  .init("BusinessShortCode", .integer(600_000), .merchant),
  .init("Password", .string("bm90IHRoZSBwYXNzd29yZA=="), .password),
  .init("Password", .string("***"), .password),
  .init("Password", nil, .invalid("Password")),
  .init("Timestamp", .string("20260203101530"), .password),
  .init("Timestamp", .string("2026020310153"), .invalid("Timestamp")),
  .init("Timestamp", .string("20261303101530"), .invalid("Timestamp")),
  .init("Timestamp", .string("20260230101530"), .invalid("Timestamp")),
  .init("Timestamp", .string("20260203241530"), .invalid("Timestamp")),
  .init("Timestamp", .string("2026-02-03T10:"), .invalid("Timestamp")),
  .init("Timestamp", nil, .invalid("Timestamp")),
  .init("TransactionType", .string("CustomerBuyGoodsOnline"), nil),
  .init("TransactionType", .string("SalaryPayment"), .invalid("TransactionType")),
  .init("TransactionType", nil, .invalid("TransactionType")),
  .init("Amount", .string("1500"), nil),
  .init("Amount", .integer(250_000), nil),
  .init("Amount", .integer(250_001), .invalid("Amount")),
  .init("Amount", .integer(0), .invalid("Amount")),
  .init("Amount", .integer(-5), .invalid("Amount")),
  .init("Amount", .decimal(10.5), .invalid("Amount")),
  .init("Amount", .string("10.50"), .invalid("Amount")),
  .init("Amount", .string("99999999999999999999"), .invalid("Amount")),
  .init("Amount", .null, .invalid("Amount")),
  .init("PartyA", .string("0712345678"), .invalid("PartyA")),
  .init("PartyA", .integer(254_112_345_678), nil),
  .init("PartyB", .string("17"), .invalid("PartyB")),
  .init("PartyB", .string("600000"), nil),
  .init("PhoneNumber", .string("25471234567"), .invalid("PhoneNumber")),
  .init("PhoneNumber", .string("254212345678"), .invalid("PhoneNumber")),
  .init("PhoneNumber", .string("25471234567٣"), .invalid("PhoneNumber")),
  .init("PhoneNumber", .array([]), .invalid("PhoneNumber")),
  .init("CallBackURL", .string("https://nowhere.invalid/path"), nil),
  .init("CallBackURL", .string("http://[::1]:80/path"), nil),
  .init("CallBackURL", .string("http://localhost:8080/path"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("http://LocalHost./path"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("http://shop.localhost/path"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("ftp://shop.example/path"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("/path"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("http:///path"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("http://shop.example/a b"), .invalid("CallBackURL")),
  .init("CallBackURL", .string("http://h/" + String(repeating: "a", count: 2_048)), .invalid("CallBackURL")),
  .init("CallBackURL", nil, .invalid("CallBackURL")),
  .init("AccountReference", .string("ABCDEFGHIJKL"), nil),
  .init("AccountReference", .string("ABCDEFGHIJKLM"), .invalid("AccountReference")),
  .init("AccountReference", .string(""), .invalid("AccountReference")),
  .init("TransactionDesc", .string("ABCDEFGHIJKLM"), nil),
  .init("TransactionDesc", .string("ABCDEFGHIJKLMN"), .invalid("Remarks")),
  .init("TransactionDesc", nil, .invalid("Remarks")),
]

@Suite struct PushRulesTests {
  private let configuration = SimulatorConfiguration()

  @Test(arguments: rows) func eachFieldIsChecked(_ row: FieldRow) {
    var body = Self.body(configuration)
    body[row.field] = row.value
    var refusal: Refusal?
    do {
      _ = try configuration.checkPush(body)
    } catch {
      refusal = error
    }
    #expect(refusal == row.refusal)
  }

  @Test(arguments: [
    ("CustomerPayBillOnline", "174379", false), ("CustomerPayBillOnline", "600000", true),
    ("CustomerBuyGoodsOnline", "600000", false),
  ]) func aPartyThatDoesNotFitTheTypeIsNoticedLater(type: String, party: String, mismatch: Bool) throws {
    var body = Self.body(configuration)
    body["TransactionType"] = .string(type)
    body["PartyB"] = .string(party)
    #expect(try configuration.checkPush(body).partyMismatch == mismatch)
  }

  @Test func aQueryNeedsItsID() throws {
    var body = Self.body(configuration)
    #expect(throws: Refusal.invalid("CheckoutRequestID")) { try configuration.checkQuery(body) }
    body["CheckoutRequestID"] = .string("ws_CO_1")
    #expect(try configuration.checkQuery(body) == "ws_CO_1")
  }

  @Test(arguments: ["", "null", "[]", "7", "{", #"{"a":1"#, "{\"a\":\"\n\"}"])
  func whatIsNoObjectIsNoPayload(_ text: String) {
    #expect(JSONValue.object(in: Array(text.utf8)) == nil)
  }

  @Test func kindsOfValuesAreKeptApart() {
    let text = #"{"a":1,"b":1.5,"c":"1","d":true,"e":null,"f":[],"g":{},"h":254712345678}"#
    let expected: [String: JSONValue] = [
      "a": .integer(1), "b": .decimal(1.5), "c": .string("1"), "d": .bool(true), "e": .null, "f": .array([]),
      "g": .object([:]), "h": .integer(254_712_345_678),
    ]
    #expect(JSONValue.object(in: Array(text.utf8)) == expected)
  }

  private static func body(_ configuration: SimulatorConfiguration) -> [String: JSONValue] {
    let timestamp = "20260101120000"
    let password = Data((configuration.shortcode + configuration.passkey + timestamp).utf8).base64EncodedString()
    return [
      "BusinessShortCode": .integer(174_379), "Password": .string(password), "Timestamp": .string(timestamp),
      "TransactionType": .string("CustomerPayBillOnline"), "Amount": .integer(10), "PartyA": .string("254712345678"),
      "PartyB": .integer(174_379), "PhoneNumber": .integer(254_712_345_678),
      "CallBackURL": .string("http://127.0.0.1:8080/callback/t/"), "AccountReference": .string("A1"),
      "TransactionDesc": .string("Order"),
    ]
  }
}
