import Daraja

extension JSONValue {
  /// The most digits that a 64-bit whole number has.
  private static let longest = 19

  /// The whole number that a JSON number is, read from its digits: 60, 60.0 and 6e1 are the same one (JSON Schema 2020-12, "integer"). Nil
  /// where it has a fraction, does not fit 64 bits, or is no number.
  var wholeNumber: Int64? {
    guard case .number(let text) = self else { return nil }
    let parts = text.split { $0 == "e" || $0 == "E" }
    guard let mantissa = parts.first, let exponent = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
    let isNegative = mantissa.hasPrefix("-")
    let halves = mantissa.drop { $0 == "-" }.split(separator: ".")
    var digits = halves.joined().drop { $0 == "0" }
    guard !digits.isEmpty else { return 0 }
    let (places, isTooFar) = exponent.subtractingReportingOverflow(halves.count > 1 ? halves[1].count : 0)
    guard !isTooFar else { return nil }
    var left = places
    while left < 0, digits.last == "0" {
      digits.removeLast()
      left += 1
    }
    guard left >= 0, left <= Self.longest, digits.count + left <= Self.longest else { return nil }
    return Int64((isNegative ? "-" : "") + digits + String(repeating: "0", count: left))
  }

  /// The whole number that a text of digits is; nil for all others.
  var digits: Int64? {
    guard case .string(let text) = self, (1...Self.longest).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int64(text)
  }
}
