import Testing

@testable import Daraja

@Suite struct AmountTests {
  @Test(
    arguments: [
      ("0", 0), ("1", 100), ("1500", 150_000), ("1500.0", 150_000), ("1500.00", 150_000), ("1500.000", 150_000),
      ("1500.50", 150_050), ("1500.5", 150_050), ("0.01", 1), ("0.10", 10), ("5000.00", 500_000), ("007", 700),
      ("0.000000000000000000000000000000", 0),
      ("999999999999.99", 99_999_999_999_999), ("999999999999", 99_999_999_999_900),
    ] as [(String, Int64)])
  func reads(text: String, cents: Int64) {
    #expect(Amount(text)?.cents == cents)
  }

  @Test(arguments: [
    "", " ", ".", "1.", ".5", "-1", "+1", "1e3", "1E3", "1,500", "1 500", " 1500", "1500 ", "1500\n", "1500.001",
    "0.001", "1.2.3", "1..2", "0x10", "NaN", "١٥٠٠", "１５００", "1500KES",
    "1000000000000", "1000000000000.00", "9223372036854775807", "92233720368547758079999999999999",
    "0.0000000000000000000000000000000",
  ])
  func refuses(text: String) {
    #expect(Amount(text) == nil)
  }

  @Test func readsSubstrings() {
    let text = "KES 1500.00"
    #expect(Amount(text.dropFirst(4)) == Amount(cents: 150_000))
  }

  @Test(
    arguments: [
      (0, "0.00"), (1, "0.01"), (10, "0.10"), (150_000, "1500.00"), (-5, "-0.05"), (-150_050, "-1500.50"),
      (Int64.max, "92233720368547758.07"), (Int64.min, "-92233720368547758.08"),
    ] as [(Int64, String)])
  func prints(cents: Int64, text: String) {
    #expect(Amount(cents: cents).description == text)
  }

  @Test(arguments: [(150_000, 1_500), (0, 0), (150_050, nil), (1, nil), (-100, -1)] as [(Int64, Int64?)])
  func wholeShillings(cents: Int64, shillings: Int64?) {
    #expect(Amount(cents: cents).wholeShillings == shillings)
  }

  @Test func isOrderedByValue() {
    #expect(Amount(cents: 99) < Amount(cents: 100))
    #expect(!(Amount(cents: 100) < Amount(cents: 100)))
  }

  @Test func whatIsPrintedIsReadBack() {
    var random = SeededRandom()
    for _ in 0..<5_000 {
      let bits = Int64.random(in: 0...46, using: &random)
      let cents = min(Int64.random(in: 0...(1 << bits), using: &random), Amount.maximumCents)
      let amount = Amount(cents: cents)
      #expect(Amount(amount.description) == amount, "seed \(random.seed)")
    }
  }

  @Test func noTextOverflows() {
    var random = SeededRandom()
    let alphabet = Array("0123456789.9999999")
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...40, using: &random)
      let text = String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
      if let amount = Amount(text) {
        #expect((0...Amount.maximumCents).contains(amount.cents), "\(text), seed \(random.seed)")
      }
    }
  }
}
