import Daraja
import Testing

@testable import Gateway

@Suite struct RequestFieldTests {
  private func object(_ field: String, _ json: String) throws -> JSONObject {
    try JSONObject(bytes: #"{"\#(field)":\#(json),"unknown":[1]}"#.utf8)
  }

  /// JSON Schema knows one number 60, however it is written.
  @Test(
    arguments: [
      ("60", 60), ("60.0", 60), ("6e1", 60), ("6.0E+1", 60), ("600e-1", 60), ("0", 0), ("-0.0", 0), ("0e9999", 0),
      ("-7", -7),
      ("9223372036854775807", .max), ("922337203685477580.7e1", .max), ("9223372036854775808", nil), ("1.5", nil),
      ("15e-1", nil),
      ("1e19", nil), ("1e9999999999999999999", nil), ("1e-9223372036854775808", nil), ("1.0e-9223372036854775808", nil),
      (#""60""#, nil), ("true", nil), ("[60]", nil),
    ] as [(String, Int64?)])
  func wholeNumbersAreReadFromTheirDigits(json: String, number: Int64?) throws {
    #expect(try object("n", json).required("n").wholeNumber == number)
  }

  @Test(
    arguments: [
      (#""1500.00""#, 150_000), ("1500.00", 150_000), ("1500", 150_000), (#""0.01""#, 1), ("0.1", 10),
      ("10.500", 1_050),
      ("90071992547409.93", nil), (#""999999999999.99""#, 99_999_999_999_999),
    ] as [(String, Int64?)])
  func amountsAreReadExactly(json: String, cents: Int64?) throws {
    guard let cents else {
      #expect(throws: APIError.self) { try object("amount", json).amount() }
      return
    }
    #expect(try object("amount", json).amount() == Amount(cents: cents))
  }

  @Test(arguments: [
    ("0", "more than zero"), (#""0.00""#, "more than zero"), ("-5", "negative"), (#""-5""#, "negative"),
    ("1e3", "exponent"), ("1.5E2", "exponent"), (#""1e3""#, "digits"), ("1.234", "two decimals"),
    (#""1.001""#, "two decimals"), ("1000000000000", "too large"),
    (#""99999999999999999999999999999999999999""#, "too large"),
    (#""""#, "digits"), (#"" 5""#, "digits"), (#""5 KES""#, "digits"), (#""1,500""#, "digits"), (#""1.5.0""#, "digits"),
    (#""٣""#, "digits"), (#""5.""#, "digits"), (#"".5""#, "digits"), (#""+5""#, "digits"), ("true", "neither"),
    ("[1]", "neither"),
    ("{}", "neither"),
  ])
  func amountsThatAreNoneSayWhy(json: String, word: String) throws {
    let error = #expect(throws: APIError.self) { try object("amount", json).amount() }
    #expect(error?.code == .invalidAmount)
    #expect(error?.field == "amount")
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
  }

  @Test(
    arguments: [
      ("123", 123), ("123.0", 123), ("1.23e2", 123), (#""123""#, 123), (#""0042""#, 42),
      ("9223372036854775807", Int64.max),
    ] as [(String, Int64)])
  func orderIdsAreNumbersOrDigits(json: String, number: Int64) throws {
    #expect(try object("order_id", json).orderID().number == number)
  }

  @Test(arguments: [
    "0", "-1", "1.5", #""""#, #""x""#, #""1.0""#, #""1e2""#, #""-1""#, #""1 ""#, "9223372036854775808", "true", "[]",
    "{}",
  ])
  func otherOrderIdsAreRefused(json: String) throws {
    let error = #expect(throws: APIError.self) { try object("order_id", json).orderID() }
    #expect(error?.code == .invalidOrderID)
  }

  @Test(arguments: [#""0712345678""#, #""+254 712-345-678""#, "254712345678"])
  func phoneNumbersComeInAnyForm(json: String) throws {
    #expect(try object("phone_number", json).phoneNumber().digits == "254712345678")
  }

  @Test(arguments: [#""07123""#, #""not a number""#, #""447911123456""#, "true", #""""#])
  func wrongPhoneNumbersAreRefusedWithoutRepeatingThem(json: String) throws {
    let error = #expect(throws: APIError.self) { try object("phone_number", json).phoneNumber() }
    #expect(error?.code == .invalidPhoneNumber)
    #expect(error?.field == "phone_number")
    #expect(error?.message.contains("07123") == false && error?.message.contains("447911123456") == false)
  }

  @Test(arguments: [#""INV 12-3456""#, #""123456789012""#, #""x""#])
  func references(json: String) throws {
    #expect(try #""\#(object("reference", json).reference())""# == json)
  }

  @Test(arguments: [#""""#, #"" - ""#, #""1234567890123""#, #""a_b""#, #""né""#, "12", "null"])
  func wrongReferences(json: String) throws {
    let error = #expect(throws: APIError.self) { try object("reference", json).reference() }
    #expect(error?.code == (json == "null" ? .missingField : .invalidReference))
  }

  @Test func descriptionsAreOptionalTextOfAHundredCharacters() throws {
    let long = String(repeating: "é", count: 100)
    #expect(try object("description", #""\#(long)""#).description() == long)
    #expect(try object("description", "null").description() == "")
    #expect(try object("other", "1").description() == "")
    for wrong in [#""\#(long)x""#, "5", #""a\u0000b""#, #""a\nb""#] {
      let error = #expect(throws: APIError.self) { try object("description", wrong).description() }
      #expect(error?.code == .invalidDescription)
    }
  }

  @Test func aFieldThatIsThereTwiceIsAmbiguous() throws {
    let twice = try JSONObject(bytes: #"{"order_id":1,"order_id":2}"#.utf8)
    let error = #expect(throws: APIError.self) { try twice.orderID() }
    #expect(error?.code == .invalidJSON)
    #expect(try JSONObject(bytes: #"{"order_id":1,"order_id":1}"#.utf8).orderID().number == 1)
  }

  @Test(arguments: ["", "{", "[1]", "5", "{\"a\":1}x", "{'a':1}", "{\"a\":01}", "nul"])
  func whatIsNoObjectIsRefusedSayingWhere(text: String) {
    let error = #expect(throws: APIError.self) { try JSONObject(bytes: text.utf8) }
    #expect(error?.code == .invalidJSON)
    #expect(error?.message.contains("byte") == true || error?.message.contains("object") == true)
  }
}
