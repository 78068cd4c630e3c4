import Crypto
import Foundation

/// Writes the number and the nonce of a row so that nobody without the key can write another pair: `<number>.<nonce>.<tag>`.
///
/// The tag is HMAC-SHA-256 over a purpose and what stands before the tag, cut to 128 bits. Nonce and tag are written in hexadecimal, since
/// Safaricom drops callbacks to addresses that contain words such as `cmd` or `sql` (portal, CustomerToBusiness, FAQ 8), and other alphabets
/// spell those by chance. Under one key, what was written for one purpose proves nothing for another.
///
/// Rows from before there were nonces have `<number>.<tag>`, with a tag over another purpose: neither form passes for the other.
struct SignedNumber: Sendable {
  private static let tagLength = 16
  /// Digits of the largest number.
  private static let mostDigits = 19
  private static let dot = UInt8(ascii: ".")

  /// The codes over what is the same in every tag of a form, so that only number and nonce are left to add.
  private let begun: HMAC<SHA256>
  private let begunWithoutNonce: HMAC<SHA256>

  /// - Parameter purpose: what such numbers are for; part of what is signed, and never changed.
  init(key: SymmetricKey, purpose: String) {
    func begin(_ version: String) -> HMAC<SHA256> {
      var hmac = HMAC<SHA256>(key: key)
      hmac.update(data: Array("\(purpose) \(version) ".utf8))
      return hmac
    }
    begun = begin("v2")
    begunWithoutNonce = begin("v1")
  }

  /// The number and the nonce, with their tag.
  func text(of number: Int64, nonce: Nonce?) -> String {
    var text = Array((nonce.map { "\(number).\($0.hexadecimal)" } ?? "\(number)").utf8)
    let tag = text.withUnsafeBytes { code(over: $0, hasNonce: nonce != nil) }
    text.append(Self.dot)
    let digits = Array("0123456789abcdef".utf8)
    for byte in tag.prefix(Self.tagLength) {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The number and the nonce that a text proves, or nil when it proves none. Compares in constant time.
  func proven(by text: some StringProtocol) -> (number: Int64, nonce: Nonce?)? {
    // Nearly always the text lies in one piece and nothing is copied: this is done for each callback.
    if let found = text.utf8.withContiguousStorageIfAvailable({ proven(by: UnsafeRawBufferPointer($0)) }) {
      return found
    }
    return Array(text.utf8).withUnsafeBytes { proven(by: $0) }
  }

  private func proven(by text: UnsafeRawBufferPointer) -> (number: Int64, nonce: Nonce?)? {
    let signed = text.count - 2 * Self.tagLength - 1
    guard signed > 0, text[signed] == Self.dot else { return nil }
    let end = text[..<signed].firstIndex(of: Self.dot) ?? signed
    guard let number = Self.number(text[..<end]) else { return nil }
    var nonce: Nonce?
    if end < signed {
      guard let found = Self.nonce(text[(end + 1)..<signed]) else { return nil }
      nonce = found
    }
    let tag = code(over: UnsafeRawBufferPointer(rebasing: text[..<signed]), hasNonce: nonce != nil)
    return Self.isHexadecimal(text[(signed + 1)...], of: tag) ? (number, nonce) : nil
  }

  private func code(over signed: UnsafeRawBufferPointer, hasNonce: Bool) -> HMAC<SHA256>.MAC {
    var hmac = hasNonce ? begun : begunWithoutNonce
    hmac.update(data: signed)
    return hmac.finalize()
  }

  /// Decimal digits in their only spelling: no sign and no leading zeros.
  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64? {
    guard (1...mostDigits).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      return nil
    }
    var number: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = shifted.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      guard !isTooLarge, !overflows else { return nil }
      number = sum
    }
    return number
  }

  private static func nonce(_ digits: Slice<UnsafeRawBufferPointer>) -> Nonce? {
    guard digits.count == Nonce.digits else { return nil }
    var bits: UInt64 = 0
    for digit in digits {
      guard let value = nibble(digit) else { return nil }
      bits = bits << 4 | UInt64(value)
    }
    return Int64(exactly: bits).map { Nonce($0) }
  }

  /// Whether these digits spell the first bytes of a tag. Takes as long wherever they differ.
  private static func isHexadecimal(_ digits: Slice<UnsafeRawBufferPointer>, of tag: HMAC<SHA256>.MAC) -> Bool {
    tag.withUnsafeBytes { tag in
      var difference: UInt8 = 0
      var place = digits.startIndex
      for byte in tag.prefix(tagLength) {
        guard let high = nibble(digits[place]), let low = nibble(digits[place + 1]) else { return false }
        difference |= byte ^ (high << 4 | low)
        place += 2
      }
      return difference == 0
    }
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
