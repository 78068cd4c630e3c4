import Testing

@testable import mpesad

@Suite struct CallbackAddressTests {
  static let words: [(String, [String])] = [
    ("https://pay.example.co.ke/api/payments/callbacks", []),
    ("https://pay.example.co.ke/api/payments/transactions/mpesa_callback", ["mpesa"]),
    ("https://M-PESA.example/c", ["m-pesa"]), ("https://x.example/exec", ["exec"]), ("https://x.example/exe", ["exe"]),
    ("https://safaricom.example/Query/sql/cmd", ["safaricom", "cmd", "sql", "query"]),
  ]

  @Test(arguments: words) func filteredWordsAreFound(address: String, found: [String]) {
    #expect(CallbackAddress.filteredWords(in: address) == found)
    #expect((CallbackAddress.warning(address) == nil) == found.isEmpty)
  }

  @Test func theWarningOffersAnAddressWithoutThem() {
    let path = CallbackAddress.warning("https://pay.example.co.ke:8443/mpesa")
    #expect(path?.contains("https://pay.example.co.ke:8443/api/payments/callbacks") == true)
    let host = CallbackAddress.warning("https://mpesa.example.co.ke/c")
    #expect(host?.contains("another name") == true)
  }

  @Test(arguments: [
    ("localhost", true), ("LocalHost.", true), ("a.localhost", true), ("127.0.0.1", true), ("127.1.2.3", true),
    ("[::1]", true), ("::ffff:127.0.0.1", true), ("0.0.0.0", true), ("localhost.example", false), ("10.0.0.1", false),
    ("pay.example", false), ("128.0.0.1", false),
  ])
  func loopbackIsRecognised(host: String, isLoopback: Bool) {
    #expect(CallbackAddress.isLoopback(host) == isLoopback)
  }
}
