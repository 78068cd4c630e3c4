import Testing

@testable import Daraja

@Suite struct STKPushRequestTests {
  private static func request(
    cents: Int64 = 150_000, url: String = "https://shop.example/cb/T0KEN", reference: String = "ORDER-123",
    description: String = "Order 123"
  ) throws -> STKPushRequest {
    try STKPushRequest(
      amount: Amount(cents: cents), phone: MSISDN("254712345678"), callbackURL: url, accountReference: reference,
      description: description)
  }

  @Test(arguments: [100, 150_000, 25_000_000] as [Int64])
  func takesWholeShillings(cents: Int64) throws {
    #expect(try Self.request(cents: cents).amount.cents == cents)
  }

  @Test(arguments: [0, -100, 99, 150_050, 25_000_100] as [Int64])
  func refusesAmount(cents: Int64) {
    #expect(field { try Self.request(cents: cents) } == .amount)
  }

  @Test func theMaximumIsASetting() throws {
    let phone = try MSISDN("254712345678")
    let make = { (cents: Int64) throws -> STKPushRequest in
      try STKPushRequest(
        amount: Amount(cents: cents), phone: phone, callbackURL: "https://shop.example/", accountReference: "A",
        description: "B", maximum: Amount(cents: 7_000_000))
    }
    #expect(try make(7_000_000).amount.wholeShillings == 70_000)
    #expect(field { try make(7_000_100) } == .amount)
  }

  @Test(arguments: ["http://127.0.0.1:8080/cb/x", "https://shop.example", "https://shop.example/a%20b?c=d"])
  func takesURL(url: String) throws {
    #expect(try Self.request(url: url).callbackURL == url)
  }

  @Test(arguments: [
    "", "https://", "ftp://shop.example/", "shop.example/cb", "/cb", "https://shop.example/a b",
    "https://shop.example/\n", "https://shöp.example/", "https://shop.example/" + String(repeating: "x", count: 500),
  ])
  func refusesURL(url: String) {
    #expect(field { try Self.request(url: url) } == .callbackURL)
  }

  @Test(arguments: ["A", "ORDER 123", "order-123", "123456789012"])
  func takesReference(reference: String) throws {
    #expect(try Self.request(reference: reference).accountReference == reference)
  }

  @Test(arguments: ["", " ", "--", "1234567890123", "A#1", "A@1", "A&B", "A_1", "Ä1", "A\n1", "A\u{0}1"])
  func refusesReference(reference: String) {
    #expect(field { try Self.request(reference: reference) } == .accountReference)
  }

  @Test(arguments: ["", "   ", "12345678901234", "50% off", "Order#1"])
  func refusesDescription(description: String) {
    #expect(field { try Self.request(description: description) } == .description)
  }

  @Test func theErrorNamesDarajasField() {
    #expect(
      throws: InvalidPush(
        field: .accountReference, reason: "it must have 1 to 12 characters, one of them a letter or digit")
    ) {
      try Self.request(reference: "")
    }
    #expect(InvalidPush(field: .callbackURL, reason: "bad").description == "CallBackURL: bad.")
  }

  @Test func printingShowsNeitherTokenNorNumber() throws {
    let request = try Self.request()
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped] {
      #expect(!text.contains("T0KEN"))
      #expect(!text.contains("254712345678"))
      #expect(text.contains("ORDER-123"))
    }
  }

  private func field(_ body: () throws -> STKPushRequest) -> InvalidPush.Field? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? InvalidPush)?.field
    }
  }
}
