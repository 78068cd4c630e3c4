import Daraja
import Testing

@testable import mpesad

/// One field that understands what it is given.
@Suite struct TransactionTermTests {
  @Test(arguments: [
    "0708374149", "708374149", "254708374149", "+254 708-374-149", " 0708 374 149 ", "0708\u{A0}374\u{2011}149",
  ])
  func aPhoneInEverySpelling(text: String) throws {
    #expect(TransactionTerm(text) == .phone(try MSISDN("254708374149")))
  }

  @Test func everythingElseByItsForm() throws {
    let terms: [(String, TransactionTerm)] = [
      ("", .nothing), ("  \t", .nothing), ("#123", .order(123)), (" #7 ", .order(7)), ("7", .transaction(7)),
      ("12345678", .transaction(12_345_678)),
      ("ws_CO_24112026101112345708374149", .checkoutRequestID("ws_CO_24112026101112345708374149")),
      ("NLJ7RT61SV", .receipt(try #require(Receipt("NLJ7RT61SV")))),
      ("nlj7rt61sv ", .receipt(try #require(Receipt("NLJ7RT61SV")))),
      (" A-17 ", .reference("A-17")), ("abc", .reference("abc")), ("0", .reference("0")),
    ]
    for (text, term) in terms { #expect(TransactionTerm(text) == term, "\(text)") }
  }

  @Test(arguments: [
    "#", "#0", "#12a", "---", "25470837414 is it", "A/17", "<script>", "' OR 1=1 --",
    String(repeating: "A", count: 101), "١٢٣", "#١٢٣",
  ])
  func whatIsNoneOfThemIsSaidToBeUnclear(text: String) { #expect(TransactionTerm(text) == .unclear) }
}
