import Payments
import Testing

@Suite("Where a checkout leads")
struct CheckoutTermsTests {
  @Test(
    "Addresses that shoppers can be led to",
    arguments: [
      "https://shop.example.co.ke/", "https://shop.example.co.ke", "HTTPS://shop.example/thanks?order=INV-9#top",
      "https://shop.example:8443/a%20b", "http://localhost:3000/ok", "http://127.0.0.1/", "http://127.9.8.7:80/",
      "http://[::1]:8080/ok", "https://196.201.214.200/",
    ])
  func taken(address: String) throws {
    #expect(CheckoutTerms.isReturnURL(address))
    #expect(try Self.isDescribed(address))
  }

  /// What the API's description says of it; the description tells the greatest length apart.
  private static func isDescribed(_ address: String) throws -> Bool {
    try address.utf8.count <= CheckoutTerms.maximumURLLength
      && address.wholeMatch(of: Regex(CheckoutTerms.returnURLPattern)) != nil
  }

  @Test(
    "Addresses that they cannot be",
    arguments: [
      "", "shop.example", "/thanks", "//shop.example/", "https:", "https://", "https:///thanks", "ftp://shop.example/",
      "javascript:alert(1)", "data:text/html,x", "http://shop.example/", "http://127.0.0.1.shop.example/",
      "http://localhost.shop.example/", "https://bank.example@shop.example/", "https://a:b@shop.example/",
      "https://shop.example\\@other.example/", "https://shop.example/\"><script>", "https://shop.example/a b",
      "https://shop.example/\n", " https://shop.example/", "https://shop.example:70000/", "https://köln.example/",
      "https://shop.example*", "https://shop.example:/", "https://shop.example:080/", "https://shop.example:0/",
      "https://[::2]/",
      "https://a_b.example/", "https://%61/", "http://127.0.0.01/", "http://127.0.0.256/", "http://127.1/",
      "https//shop.example",
      "https://shop.example/" + String(repeating: "a", count: 2_000),
    ])
  func refused(address: String) throws {
    #expect(!CheckoutTerms.isReturnURL(address))
    #expect(try !Self.isDescribed(address))
  }
}
