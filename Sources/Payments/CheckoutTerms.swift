public import Daraja
import Foundation

/// How long an order can be paid at its checkout page, and where shoppers go from there.
public struct CheckoutTerms: Hashable, Sendable {
  /// From when on the page takes no payment; nil for never. Money that is on its way by then still counts.
  public var expiresAt: Microseconds?
  /// Where a shopper who paid goes. No proof of payment: ask the API, or wait for the webhook.
  public var successURL: String?
  /// Where a shopper who does not want to pay goes.
  public var cancelURL: String?

  /// Terms; without any, the page takes the payment for as long as it takes and leads nowhere.
  public init(expiresAt: Microseconds? = nil, successURL: String? = nil, cancelURL: String? = nil) {
    self.expiresAt = expiresAt
    self.successURL = successURL
    self.cancelURL = cancelURL
  }
}

extension CheckoutTerms {
  /// How long an order can be paid at its page unless something else is said, in seconds: a day.
  public static let standardLifetime: Int64 = 86_400
  /// How long it may be, in seconds: from a minute, in which a quick shopper pays, to a year, after which an open amount is a new matter.
  public static let lifetimes: ClosedRange<Int64> = 60...31_536_000
  /// The longest address, in bytes: as long as browsers and proxies all take.
  public static let maximumURLLength = 2_000

  /// Whether a text can be an address that shoppers are led to: absolute, https, or http to this machine for those who develop a shop; without
  /// a user or a password, which would show one host and lead to another.
  public static func isReturnURL(_ text: String) -> Bool {
    guard (1...maximumURLLength).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed),
      let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
      parts.password == nil, UInt16(exactly: parts.port ?? 0) != nil
    else { return false }
    return switch parts.scheme?.lowercased() {
    case "https": true
    case "http": isLoopback(host)
    default: false
    }
  }

  /// The characters of RFC 3986. Browsers read others, such as a backslash, in ways of their own.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: ":/?#[]@!$&'()*+,;=-._~%".utf8.contains(byte)
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    let name = host.lowercased()
    if ["localhost", "[::1]", "::1"].contains(name) { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
