public import Daraja
import Foundation
public import Payments

/// Where webhooks go, and on what terms.
public struct WebhookTarget: Sendable {
  /// The merchant's address: absolute, http or https.
  public let url: String
  /// Its host: a name, or an address without brackets.
  let host: String
  let port: Int
  let usesTLS: Bool
  /// What webhooks are signed with.
  public let secrets: WebhookSecrets
  /// Whether addresses that are not of the public internet may be called.
  public let allowsPrivateAddresses: Bool

  /// A target, checked.
  /// - Parameters:
  ///   - url: `mpesa_webhook_url`.
  ///   - secret: `mpesa_webhook_secret`.
  ///   - allowsPrivateAddresses: whether `mpesa_webhook_private_addresses` is `allow`.
  ///   - requiresTLS: true in production.
  /// - Throws: ``WebhookTargetError``, naming the setting.
  public init(
    url: String, secret: Secret?, allowsPrivateAddresses: Bool, requiresTLS: Bool
  ) throws(WebhookTargetError) {
    // Only forms that every reader of URLs reads alike: what is checked must be what is called.
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URL(string: url),
      parts.scheme == "https" || parts.scheme == "http", let host = Self.plainHost(of: parts), parts.user == nil,
      parts.password == nil, parts.fragment == nil,
      let port = UInt16(exactly: parts.port ?? (parts.scheme == "https" ? 443 : 80)), port > 0
    else { throw .address }
    self.usesTLS = parts.scheme == "https"
    if requiresTLS && !usesTLS { throw .plainText }
    guard let secret else { throw .noSecret }
    guard let secrets = WebhookSecrets(secret) else { throw .secret }
    self.url = url
    self.host = host
    self.port = Int(port)
    self.secrets = secrets
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }

  /// A host of letters, digits, dots, dashes and underscores, or an IPv6 address; without its brackets.
  private static func plainHost(of url: URL) -> String? {
    guard var host = url.host(percentEncoded: true), !host.isEmpty else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let isPlain = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: ":"):
        true
      default: false
      }
    }
    return isPlain ? host : nil
  }
}

/// Why nothing can be sent to the merchant's address as it is set. Shows no secret, and not the address, which may hold one.
public enum WebhookTargetError: Error, Hashable, Sendable, CustomStringConvertible {
  case address, plainText, noSecret, secret

  /// What is wrong, and what to set.
  public var description: String {
    switch self {
    case .address:
      "mpesa_webhook_url must be an absolute https or http address without user name or fragment."
    case .plainText: "mpesa_webhook_url must begin with https:// in production: webhooks name payers and amounts."
    case .noSecret:
      "mpesa_webhook_url is set but mpesa_webhook_secret is not, and nothing is sent unsigned. "
        + "Set it to whsec_ and base64 of 24 to 64 random bytes."
    case .secret:
      "mpesa_webhook_secret must be whsec_ and base64 of 24 to 64 bytes, or two of them with a space between."
    }
  }
}
