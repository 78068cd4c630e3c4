import Daraja
import Payments
import Testing

@testable import Gateway

@Suite("What the checkout says")
struct CheckoutTextTests {
  @Test("Both languages have a heading and a sentence for every state, and no two states have the same")
  func states() {
    for language in CheckoutLanguage.allCases {
      let all = CheckoutState.allCases.map(language.texts.states)
      #expect(Set(all.map(\.title)).count == all.count && Set(all.map(\.sentence)).count == all.count)
      for text in all { #expect(!text.title.isEmpty && text.sentence.hasSuffix(".")) }
      let words =
        all.flatMap { [$0.title, $0.sentence] }
        + Mirror(reflecting: language.texts).children.compactMap { $0.value as? String }
      #expect(!words.contains { $0.contains("M-Pesa") }, "its hyphen is the one that does not break, U+2011")
    }
    for state in CheckoutState.allCases {
      #expect(CheckoutTexts.english.states(state).title != CheckoutTexts.swahili.states(state).title)
    }
  }

  @Test("What is filled in has its place in both languages")
  func places() {
    for texts in [CheckoutTexts.english, .swahili] {
      for text in [
        texts.payMerchant, texts.pay, texts.tryAgainOn, texts.tryAgainIn, texts.secondsLeft, texts.leavingIn,
      ] { #expect(text.split(separator: "%", omittingEmptySubsequences: false).count == 2, "\(text)") }
      #expect(texts.months.count == 12)
    }
  }

  @Test(
    "The browser's first choice of the two counts",
    arguments: [
      ("", "en"), ("sw", "sw"), ("sw-KE,sw;q=0.9,en;q=0.8", "sw"), ("en-GB,en;q=0.9,sw;q=0.8", "en"),
      ("en;q=0.5, sw;q=0.7", "sw"), ("fr, de", "en"), ("fr, sw;q=0.1", "sw"), ("SW", "sw"), ("sw;q=0", "en"),
      ("sw;q=x", "sw"), (String(repeating: "sw,", count: 300), "en"), (";,;,=", "en"),
    ])
  func preference(header: String, expected: String) {
    #expect(CheckoutLanguage(accepted: header).rawValue == expected)
  }

  @Test(
    "Amounts as people read them",
    arguments: [
      (100, "KES 1"), (150_000, "KES 1,500"), (150_050, "KES 1,500.50"), (25_000_000, "KES 250,000"),
      (123_456_789_00, "KES 123,456,789"), (5, "KES 0.05"),
    ])
  func amounts(cents: Int64, text: String) { #expect(ShopperText.amount(Amount(cents: cents)) == text) }

  @Test("Times are East Africa's, phones are masked")
  func timesAndPhones() throws {
    #expect(
      ShopperText.time(TestGateway.now, months: CheckoutTexts.english.months) == "2 Jan 2026, 06:04:05")
    #expect(ShopperText.time(0, months: CheckoutTexts.swahili.months) == "1 Jan 1970, 03:00:00")
    #expect(ShopperText.masked(try MSISDN("254712345678")) == "07•• ••• 678")
    #expect(ShopperText.masked(try MSISDN("0112345678")) == "01•• ••• 678")
    #expect(ShopperText.minutes(95) == "1:35" && ShopperText.minutes(5) == "0:05")
  }

  @Test(
    "Forms are read as browsers write them",
    arguments: [
      ("phone=0712+345+678", "0712 345 678"), ("x=1&phone=%2B254712345678&y", "+254712345678"), ("phone=", ""),
      ("phone=1&phone=2", "1"), ("phone=%zz", nil), ("phone", nil), ("", nil), ("phone=%3Cscript%3E", "<script>"),
    ])
  func forms(text: String, phone: String?) { #expect(FormFields(text)["phone"] == phone) }
}
