import Testing

@testable import Daraja

@Suite struct ReceiptTests {
  @Test(arguments: [
    ("NLJ7RT61SV", "NLJ7RT61SV"), (" NLJ7RT61SV \n", "NLJ7RT61SV"), ("nlj7rt61sv", "nlj7rt61sv"), ("1", "1"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"),
  ])
  func isKeptAsGiven(text: String, kept: String) {
    #expect(Receipt(text)?.text == kept)
  }

  @Test(arguments: [
    "", "  ", "NLJ7 RT61SV", "NLJ7-RT61SV", "NLJ7RT61SÜ", "N/A", "'; --", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456",
  ])
  func refuses(text: String) {
    #expect(Receipt(text) == nil)
  }
}
