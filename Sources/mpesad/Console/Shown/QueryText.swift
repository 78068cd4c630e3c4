/// The part of an address behind its question mark.
enum QueryText {
  /// For example `?status=failed&after=7`; empty for no values.
  static func text(_ values: [(name: String, value: String?)]) -> String {
    let pairs = values.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
    return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
  }

  /// RFC 3986: what is not a letter, a digit or one of `-._~` stands as its bytes.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: escaped.unicodeScalars.append(.init(byte))
      default: escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return escaped
  }
}
