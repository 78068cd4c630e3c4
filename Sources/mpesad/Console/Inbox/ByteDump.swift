/// Bytes that a stranger sent, as people can read them.
struct ByteDump: Hashable, Sendable {
  /// How much is shown, in bytes. Callbacks have some hundreds.
  static let maximumBytes = 16 << 10
  private static let bytesOfLine = 16

  /// Line by line; what would move, hide or turn text stands as an escape.
  let text: String
  /// Offset, bytes and characters, sixteen a line.
  let hex: String
  /// Whether all of it is UTF-8.
  let isText: Bool
  /// How many bytes are not shown.
  let rest: Int
  /// Whether there are any.
  let hasRest: Bool

  init(_ bytes: [UInt8]) {
    let shown = bytes.prefix(Self.maximumBytes)
    rest = bytes.count - shown.count
    hasRest = rest > 0
    isText = String(validating: bytes, as: UTF8.self) != nil
    // A body may end in a line break without having one line more.
    text = shown.split(separator: 0x0A, omittingEmptySubsequences: false).map { PlainText.line($0) }
      .joined(separator: "\n")
    hex = stride(from: 0, to: shown.count, by: Self.bytesOfLine).map { offset in
      Self.line(shown[offset..<min(offset + Self.bytesOfLine, shown.count)], at: offset)
    }.joined(separator: "\n")
  }

  private static func line(_ bytes: ArraySlice<UInt8>, at offset: Int) -> String {
    var pairs = bytes.map { padded(String($0, radix: 16), to: 2) }.joined(separator: " ")
    pairs += String(repeating: " ", count: bytesOfLine * 3 - 1 - pairs.utf8.count)
    let characters = bytes.map { (0x20..<0x7F).contains($0) ? Character(Unicode.Scalar($0)) : "." }
    return padded(String(offset, radix: 16), to: 8) + "  " + pairs + "  " + String(characters)
  }

  private static func padded(_ digits: String, to width: Int) -> String {
    String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
  }
}
