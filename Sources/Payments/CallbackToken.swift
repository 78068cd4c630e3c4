public import Crypto
import Foundation

/// The unguessable last segment of a transaction's own callback address: `<id>.<tag>`.
///
/// The tag is HMAC-SHA-256 over the id, cut to 128 bits. It is written in hexadecimal, since Safaricom drops callbacks to addresses that
/// contain words such as `cmd` or `sql` (portal, CustomerToBusiness, FAQ 8), and other alphabets spell those by chance.
public struct CallbackTokens: Sendable {
  /// The length of a key made by ``newKey()``, in bytes.
  public static let keyLength = 32
  private static let tagLength = 16
  private static let purpose = "mpesad callback address v1 "

  /// The code over what is the same in every token, so that only the id is left to add.
  private let begun: HMAC<SHA256>

  /// Tokens under a key that never leaves the host.
  public init(key: SymmetricKey) {
    var hmac = HMAC<SHA256>(key: key)
    hmac.update(data: Array(Self.purpose.utf8))
    begun = hmac
  }

  /// A fresh key from the system's random source.
  public static func newKey() -> SymmetricKey { SymmetricKey(size: .bits256) }

  /// The token of a transaction.
  public func token(for id: TransactionID) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    for byte in tag(for: id) {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    return "\(id)." + String(decoding: hex, as: UTF8.self)
  }

  /// The transaction that a token proves, or nil when it proves none. Compares in constant time, reads no database.
  public func transaction(of token: some StringProtocol) -> TransactionID? {
    let parts = token.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == Self.tagLength * 2, (1...19).contains(parts[0].count),
      parts[0].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int64(String(decoding: parts[0], as: UTF8.self)),
      // One spelling for one transaction: no leading zeros.
      String(number).utf8.elementsEqual(parts[0]),
      let given = Self.bytes(ofHex: parts[1])
    else { return nil }
    let id = TransactionID(number)
    var difference: UInt8 = 0
    for (left, right) in zip(given, tag(for: id)) { difference |= left ^ right }
    return difference == 0 ? id : nil
  }

  private func tag(for id: TransactionID) -> [UInt8] {
    var hmac = begun
    hmac.update(data: Array(String(id.number).utf8))
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
