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

  /// What ``isReturnURL(_:)`` takes, as a regular expression of ECMA 262 for the API's description.
  public static let returnURLPattern =
    #"^([Hh][Tt][Tt][Pp][Ss]://[A-Za-z0-9.-]+|[Hh][Tt][Tt][Pp]://(localhost|\[::1\]|127(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}))"#
    + #"(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9][0-9]|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?"#
    + #"([/?#][A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~%-]*)?$"#

  /// Whether a text can be an address that shoppers are led to: absolute, https, or http to this machine for those who develop a shop; without
  /// a user or a password, which would show one host and lead to another.
  public static func isReturnURL(_ text: String) -> Bool {
    guard text.utf8.count <= maximumURLLength, text.utf8.allSatisfy(isAllowed),
      let schemeEnd = text.range(of: "://"),
      let scheme = ["https", "http"].first(where: {
        $0 == text[..<schemeEnd.lowerBound].lowercased()
      })
    else { return false }
    let authority = text[schemeEnd.upperBound...].prefix { !"/?#".contains($0) }
    let hostEnd =
      authority.hasPrefix("[::1]") ? authority.index(authority.startIndex, offsetBy: 5) : authority.firstIndex(of: ":")
    let (host, port) = (authority[..<(hostEnd ?? authority.endIndex)], authority[(hostEnd ?? authority.endIndex)...])
    guard port.isEmpty || port.first == ":" && isPort(port.dropFirst()) else { return false }
    return scheme == "https" ? !host.isEmpty && host.utf8.allSatisfy(isHostByte) : isLoopback(host)
  }

  /// The characters of RFC 3986. Browsers read others, such as a backslash, in ways of their own.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    isHostByte(byte) || ":/?#[]@!$&'()*+,;=_~%".utf8.contains(byte)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func isPort(_ text: Substring) -> Bool { UInt16(text).map { $0 > 0 && "\($0)" == text } ?? false }

  private static func isLoopback(_ host: Substring) -> Bool {
    if ["localhost", "[::1]"].contains(host) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in UInt8(part).map { "\($0)" == part } ?? false }
  }
}
