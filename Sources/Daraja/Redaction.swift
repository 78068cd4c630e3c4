/// Takes what must not reach a log out of text that others wrote.
enum Redaction {
  /// A run of token characters this long that holds a digit is taken for a token. Access tokens have 28.
  static let tokenLength = 16
  /// A run of token characters this long is a token even without a digit; the longest word in Daraja's texts has 24.
  static let wordlessTokenLength = 26
  /// So many digits, whatever single spaces or dashes between them, are taken for a phone number.
  static let phoneDigits = 9

  /// The text without tokens, phone numbers and control characters, and no longer than `limit` characters.
  ///
  /// - Parameter keepsWords: Whether long runs without a digit stay: Apigee's error codes are such words.
  static func redact(_ text: String, limit: Int, keepsWords: Bool = false) -> String {
    var output: [UInt8] = []
    // Only so much is looked at: four bytes a character, and as much again for what redaction makes shorter.
    let input = Array(text.utf8.prefix(limit * 8))
    var index = 0
    while index < input.count {
      let tokenEnd = endOfToken(in: input, from: index)
      if tokenEnd > index {
        if looksSecret(input[index..<tokenEnd], keepsWords: keepsWords) {
          output.append(contentsOf: "[redacted]".utf8)
          index = tokenEnd
          continue
        }
        let phoneEnd = endOfPhone(in: input, from: index)
        if phoneEnd > index {
          output.append(contentsOf: "[number]".utf8)
          index = phoneEnd
          continue
        }
        // Copied only up to the next digit: a phone number may begin in the middle of the run.
        repeat {
          output.append(input[index])
          index += 1
        } while index < tokenEnd && !(input[index].isASCIIDigit && !input[index - 1].isASCIIDigit)
        continue
      }
      output.append(input[index] < 0x20 || input[index] == 0x7F ? 0x20 : input[index])
      index += 1
    }
    let redacted = String(decoding: output, as: UTF8.self).trimmingASCIIWhitespace()
    return redacted.count <= limit ? String(redacted) : redacted.prefix(limit - 1) + "…"
  }

  /// The text with long runs of digits hidden but for their last three; for ids that end in the payer's number.
  static func maskingPhones(_ text: String) -> String {
    var output: [UInt8] = []
    var run: [UInt8] = []
    func flush() {
      if run.count >= phoneDigits {
        output.append(contentsOf: repeatElement(UInt8(ascii: "*"), count: run.count - 3))
        output.append(contentsOf: run.suffix(3))
      } else {
        output.append(contentsOf: run)
      }
      run.removeAll()
    }
    for byte in text.utf8 {
      if byte.isASCIIDigit {
        run.append(byte)
      } else {
        flush()
        output.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte)
      }
    }
    flush()
    return String(decoding: output, as: UTF8.self)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      || byte == UInt8(ascii: "/")
  }

  private static func endOfToken(in bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
    guard end > start else { return start }
    while end < bytes.count, bytes[end] == UInt8(ascii: "=") { end += 1 }
    return end
  }

  private static func looksSecret(_ run: ArraySlice<UInt8>, keepsWords: Bool) -> Bool {
    guard run.count >= tokenLength else { return false }
    return run.contains(where: \.isASCIIDigit) || (!keepsWords && run.count >= wordlessTokenLength)
  }

  private static func endOfPhone(in bytes: [UInt8], from start: Int) -> Int {
    var index = start
    var digits = 0
    var end = start
    while index < bytes.count {
      if bytes[index].isASCIIDigit {
        digits += 1
        index += 1
        end = index
      } else if digits > 0, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "-"),
        index + 1 < bytes.count, bytes[index + 1].isASCIIDigit
      {
        index += 1
      } else {
        break
      }
    }
    return digits >= phoneDigits ? end : start
  }
}
