import Daraja
import Foundation
import Logging
import Testing

@testable import mpesad

@Suite("Log lines") struct LogLineTests {
  private func line(_ level: Logger.Level, _ message: Logger.Message, _ fields: Logger.Metadata) -> LogLine {
    LogLine(
      LogEvent(
        level: level, message: message, metadata: fields, source: "", file: "", function: "", line: 0),
      label: "payments.mpesa", metadata: [:], at: Date(timeIntervalSince1970: 1_767_323_045.25))
  }

  @Test("For people: time, level, label, message, fields") func text() {
    let line = line(.notice, "Paid.", ["MPESA_PHONE": "2547••••149", "MPESA_ORDER_ID": "7"])
    #expect(
      line.text(withTime: true, paint: Paint(isOn: false))
        == "2026-01-02T03:04:05.250Z notice payments.mpesa: Paid. MPESA_ORDER_ID=7 MPESA_PHONE=2547••••149\n")
    #expect(line.text(withTime: false, paint: Paint(isOn: false)).hasPrefix("notice payments.mpesa: "))
  }

  @Test("Levels have colours where colours are wanted") func colours() {
    let paint = Paint(isOn: true)
    #expect(line(.error, "x", [:]).text(withTime: false, paint: paint).hasPrefix("\u{1B}[31merror\u{1B}[0m "))
    #expect(line(.warning, "x", [:]).text(withTime: false, paint: paint).hasPrefix("\u{1B}[33mwarning\u{1B}[0m "))
    #expect(line(.notice, "x", [:]).text(withTime: false, paint: paint).hasPrefix("notice "))
  }

  @Test(
    "Nobody forges a line, a field or a colour", arguments: ["a\nb", "a\u{1B}[31mb", "a\u{2028}b", "a b", "a=b", ""])
  func forged(value: String) {
    let text = line(.info, "m", ["f": "\(value)"]).text(withTime: false, paint: Paint(isOn: false))
    #expect(text.hasPrefix("info payments.mpesa: m f=\"") && text.hasSuffix("\"\n"))
    #expect(!text.dropLast().contains { $0 == "\n" || $0 == "\u{1B}" || $0 == "\u{2028}" })
    let message = line(.info, "\(value)", [:]).text(withTime: false, paint: Paint(isOn: false))
    #expect(message.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
  }

  @Test("For programs: one JSON object a line, whatever is in it") func json() throws {
    let text = line(.warning, "A \"quote\"\nand more", ["message": "x", "MPESA_PHONE": "2547••••149"]).json
    #expect(text.hasSuffix("\n") && text.dropLast().contains("\n") == false)
    let json = try JSONValue.parse(text.utf8)
    #expect(json["time"] == .string("2026-01-02T03:04:05.250Z"))
    #expect(json["level"] == .string("warning") && json["label"] == .string("payments.mpesa"))
    #expect(json["message"] == .string("A \"quote\"\nand more"))
    #expect(json["fields"]?["message"] == .string("x"))
    #expect(json["fields"]?["MPESA_PHONE"] == .string("2547••••149"))
  }
}
