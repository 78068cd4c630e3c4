import Daraja
import Testing

@testable import mpesad

/// Times, amounts, addresses and bytes as pages show them.
@Suite struct ShownTests {
  @Test(arguments: [
    (1_795_512_600_000_000, "24 Nov 2026, 12:30:00"), (1_767_214_799_000_000, "31 Dec 2025, 23:59:59"),
    (1_767_214_800_000_000, "1 Jan 2026, 00:00:00"),
  ])
  func aTimeIsNairobis(at: Microseconds, text: String) { #expect(ShownTime(at).text == text) }

  @Test func timesInASentenceAreShownTheSameWay() {
    #expect(
      ShownTime.sentence("Safaricom is asked at 2026-11-24T09:30:00Z if nothing comes.")
        == "Safaricom is asked at 24 Nov 2026, 12:30:00 if nothing comes.")
  }

  @Test func aDayBeginsAtMidnightInNairobi() {
    #expect(ShownDay("2026-11-24")?.start == 1_795_467_600_000_000)
    #expect(ShownDay("2026-11-24")?.end == ShownDay("2026-11-25")?.start)
    for text in ["", "2026-11-4", "2026-13-01", "24.11.2026", "2026-11-24T09:00", "0000-01-01", "2026-1１-24"] {
      #expect(ShownDay(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("1500.00", "KES 1,500.00"), ("0.05", "KES 0.05"), ("999.00", "KES 999.00"), ("1234567.00", "KES 1,234,567.00"),
  ])
  func moneyIsGrouped(amount: String, text: String) { #expect(ShownMoney.text(amount) == text) }

  @Test func aValueInAnAddressCannotBecomeAnother() {
    #expect(QueryText.text([("a", "x&b=1#?%"), ("c", nil), ("d", "é")]) == "?a=x%26b%3D1%23%3F%25&d=%C3%A9")
    #expect(QueryText.text([("a", nil)]) == "")
  }

  @Test func bytesAreShownAsTextAndAsBytes() {
    let dump = ByteDump(Array("{\n \"a\": \"\u{202E}\t\"}".utf8))
    #expect(dump.isText && dump.rest == 0 && dump.text == "{\n \"a\": \"\\u{202e}\\t\"}")
    #expect(dump.hex.hasPrefix("00000000  7b 0a 20 22 61 22 3a 20  22") == false)
    #expect(dump.hex.hasPrefix("00000000  7b 0a 20 22 61 22 3a 20 22 e2 80 ae 09 22 7d     {. \"a\": \"....\"}"))
    let binary = ByteDump([0xFF, 0x00, 0x41])
    #expect(!binary.isText && binary.text == "\\xff\\u{0}A" && binary.hex.hasSuffix("  .A") == false)
    #expect(binary.hex.hasSuffix("..A"))
    let long = ByteDump([UInt8](repeating: 0x41, count: ByteDump.maximumBytes + 7))
    #expect(long.rest == 7 && long.hasRest && long.text.utf8.count == ByteDump.maximumBytes)
  }

  static let cells: [(String, String)] = [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("two\nlines", "\"two\nlines\""),
    ("=1+1", "'=1+1"), ("+254", "'+254"), ("-1", "'-1"), ("@cmd", "'@cmd"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
    ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""), ("=\u{301}1", "'=\u{301}1"), ("", ""), ("1500.00", "1500.00"),
    ("a\r\nb", "\"a\r\nb\""), ("\"\u{301}", "\"\"\"\u{301}\""),
  ]

  @Test(arguments: cells) func aCellIsNeverAFormula(text: String, cell: String) {
    #expect(Array(CSVText.cell(text).unicodeScalars) == Array(cell.unicodeScalars))
  }
}
