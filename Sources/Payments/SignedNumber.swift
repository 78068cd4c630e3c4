import Crypto
import Foundation

/// Writes a number so that nobody without the key can write another: `<number>.<tag>`.
///
/// The tag is HMAC-SHA-256 over a purpose and the number, cut to 128 bits. It is written in hexadecimal, since Safaricom drops callbacks to
/// addresses that contain words such as `cmd` or `sql` (portal, CustomerToBusiness, FAQ 8), and other alphabets spell those by chance. Under
/// one key, what was written for one purpose proves nothing for another.
struct SignedNumber: Sendable {
  private static let tagLength = 16

  /// The code over what is the same in every tag, so that only the number is left to add.
  private let begun: HMAC<SHA256>

  /// - Parameter purpose: what such numbers are for; part of what is signed, and never changed.
  init(key: SymmetricKey, purpose: String) {
    var hmac = HMAC<SHA256>(key: key)
    hmac.update(data: Array(purpose.utf8))
    begun = hmac
  }

  /// The number with its tag.
  func text(of number: Int64) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    for byte in tag(of: number) {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    return "\(number)." + String(decoding: hex, as: UTF8.self)
  }

  /// The number that a text proves, or nil when it proves none. Compares in constant time.
  func number(in text: some StringProtocol) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == Self.tagLength * 2, (1...19).contains(parts[0].count),
      parts[0].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int64(String(decoding: parts[0], as: UTF8.self)),
      // One spelling for one number: no leading zeros.
      String(number).utf8.elementsEqual(parts[0]),
      let given = Self.bytes(ofHex: parts[1])
    else { return nil }
    var difference: UInt8 = 0
    for (left, right) in zip(given, tag(of: number)) { difference |= left ^ right }
    return difference == 0 ? number : nil
  }

  private func tag(of number: Int64) -> [UInt8] {
    var hmac = begun
    hmac.update(data: Array(String(number).utf8))
    return Array(hmac.finalize().prefix(Self.tagLength))
  }

  private static func bytes(ofHex text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      let nibble: UInt8
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = character - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | nibble)
        high = nil
      } else {
        high = nibble
      }
    }
    return high == nil ? bytes : nil
  }
}
