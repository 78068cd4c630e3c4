import Daraja
import Payments

/// How amounts, times and phones stand on the checkout's pages.
enum ShopperText {
  /// Kenya is three hours east of Greenwich, all year.
  private static let eastAfrica: Microseconds = 3 * 3_600 * 1_000_000

  /// `KES 1,500`, with cents where there are some.
  static func amount(_ amount: Amount) -> String {
    let parts = amount.description.split(separator: ".")
    let shillings = Array(parts.first ?? "0")
    var grouped = ""
    for (index, digit) in shillings.enumerated() {
      if index > 0, (shillings.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return "KES \(grouped)" + (amount.wholeShillings == nil ? ".\(parts.last ?? "00")" : "")
  }

  /// `26 Nov 2026, 09:30:12` in East Africa Time.
  static func time(_ moment: Microseconds, months: [String]) -> String {
    let text = Array(UTCTimestamp.format(moment + eastAfrica))
    let month = Int(String(text[5...6])).map { $0 - 1 }.flatMap { months.indices.contains($0) ? months[$0] : nil } ?? ""
    let day = text[8] == "0" ? String(text[9]) : String(text[8...9])
    return "\(day) \(month) \(String(text[0...3])), \(String(text[11...18]))"
  }

  /// `07•• ••• 149`.
  static func masked(_ phone: MSISDN) -> String {
    "0\(phone.digits.dropFirst(3).prefix(1))•• ••• \(phone.digits.suffix(3))"
  }

  /// `1:35`.
  static func minutes(_ seconds: Int64) -> String { "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)" }

  /// Whole seconds until a moment, rounded up; 0 when it has passed.
  static func seconds(until moment: Microseconds, from now: Microseconds) -> Int64 {
    max(0, (moment - now + 999_999) / 1_000_000)
  }
}
