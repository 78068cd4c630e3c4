/// Text from outside made fit for one line of a terminal or of a file, without losing anything of it.
enum PlainText {
  /// The text with a backslash, and everything that would move the cursor, break a line, hide itself or turn the direction of writing,
  /// as an escape: `\t`, `\n`, `\r`, `\\`, or `\u{1b}`. What a program reads from our lines it can turn back.
  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: needsEscape) else { return text }
    var line = ""
    for scalar in text.unicodeScalars { append(scalar, to: &line) }
    return line
  }

  /// Bytes as such a text. What is not UTF-8 is shown as `\xff`.
  static func line(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return line(text) }
    var line = ""
    for byte in bytes {
      guard byte < 0x80 else {
        line += "\\x" + String(byte, radix: 16)
        continue
      }
      append(Unicode.Scalar(byte), to: &line)
    }
    return line
  }

  private static func append(_ scalar: Unicode.Scalar, to line: inout String) {
    switch scalar {
    case "\\": line += "\\\\"
    case "\t": line += "\\t"
    case "\n": line += "\\n"
    case "\r": line += "\\r"
    case _ where needsEscape(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
    default: line.unicodeScalars.append(scalar)
    }
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    guard !scalar.isASCII else { return scalar.value < 0x20 || scalar.value == 0x7F || scalar == "\\" }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }
}
