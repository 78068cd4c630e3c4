import Testing

@testable import Daraja

@Suite struct MSISDNTests {
  @Test(arguments: [
    "0712345678", "712345678", "254712345678", "+254712345678", "+254 712 345 678", "0712-345-678", " 0712 345678 ",
    "+254\u{A0}712\u{2011}345\u{2013}678", "2547 1234 5678", "- 0712345678",
  ])
  func normalises(text: String) throws {
    #expect(try MSISDN(text).digits == "254712345678")
  }

  @Test(arguments: [
    ("0112345678", "254112345678"), ("112345678", "254112345678"), ("+254101234567", "254101234567"),
    ("0799999999", "254799999999"), ("254708374149", "254708374149"),
  ])
  func takesEveryMobilePrefix(text: String, digits: String) throws {
    #expect(try MSISDN(text).digits == digits)
  }

  @Test(
    arguments: [
      ("", .empty), ("   ", .empty), ("+", .empty), ("-", .empty),
      ("abc", .character), ("07123x5678", .character), ("0712345678;", .character), ("٠٧١٢٣٤٥٦٧٨", .character),
      ("0712.345.678", .character), ("(0712)345678", .character), ("0712345678\n", .character),
      ("++254712345678", .character),
      ("254+712345678", .character), ("2547 ***** 126", .character),
      ("071234567", .prefix), ("07123456789", .length), ("25471234567", .length), ("2547123456789", .length),
      ("+0712345678", .length), ("+712345678", .length), ("00254712345678", .length), ("2540712345678", .length),
      ("0000000000000000000000000000000000000000000000", .length), ("12345", .length),
      ("0212345678", .prefix), ("254212345678", .prefix), ("255712345678", .prefix), ("1234567890", .prefix),
      ("812345678", .prefix), ("+255712345678", .prefix), ("0812345678", .prefix),
    ] as [(String, InvalidMSISDN.Reason)])
  func refuses(text: String, reason: InvalidMSISDN.Reason) {
    #expect(throws: InvalidMSISDN(reason: reason)) { try MSISDN(text) }
  }

  @Test(arguments: InvalidMSISDN.Reason.allCases)
  func theErrorSaysWhatToWrite(reason: InvalidMSISDN.Reason) {
    #expect(InvalidMSISDN(reason: reason).description.contains("07XXXXXXXX"))
  }

  @Test func noWayOfPrintingShowsTheNumber() throws {
    let phone = try MSISDN("0712345678")
    var dumped = ""
    dump(phone, to: &dumped)
    let inside = (phone: phone, other: 1)
    for text in ["\(phone)", String(reflecting: phone), "\([phone])", "\(inside)", dumped, phone.masked] {
      #expect(!text.contains("254712345678"))
      #expect(text.contains("2547••••678"))
    }
  }

  @Test func everyFormOfANumberIsTheSameNumber() throws {
    var random = SeededRandom()
    for _ in 0..<2_000 {
      let national =
        (Bool.random(using: &random) ? "7" : "1")
        + (0..<8).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
      let expected = try MSISDN("254" + national)
      for prefix in ["", "0", "254", "+254"] {
        var text = prefix
        for digit in national {
          if Int.random(in: 0...3, using: &random) == 0 { text.append(Bool.random(using: &random) ? " " : "-") }
          text.append(digit)
        }
        #expect(try MSISDN(text) == expected, "\(text), seed \(random.seed)")
      }
    }
  }
}
