import Crypto
public import Daraja
import Foundation

/// The secret that webhooks are signed with, as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 bytes.
///
/// While a secret is being exchanged there are two, separated by a space. Both sign, so that the receiver may know either.
public struct WebhookSecrets: Sendable {
  /// What a secret's text begins with.
  public static let prefix = "whsec_"
  /// How long a key may be, in bytes (Standard Webhooks, symmetric signatures).
  public static let keyLengths = 24...64
  /// How many secrets may be in use together: the old one and the new one.
  public static let maximumSecrets = 2
  /// The length of a key made by ``newSecret()``, in bytes.
  public static let newKeyLength = 32

  private let keys: [SymmetricKey]

  /// Reads one secret, or two with white space between them; nil when it is anything else.
  public init?(_ secret: Secret) {
    let words = secret.reveal().split(whereSeparator: \.isWhitespace)
    guard (1...Self.maximumSecrets).contains(words.count) else { return nil }
    var keys: [SymmetricKey] = []
    for word in words {
      guard word.hasPrefix(Self.prefix), let bytes = Data(base64Encoded: String(word.dropFirst(Self.prefix.count))),
        Self.keyLengths.contains(bytes.count)
      else { return nil }
      keys.append(SymmetricKey(data: bytes))
    }
    self.keys = keys
  }

  /// A fresh secret from the system's random source.
  public static func newSecret() -> Secret {
    let key = SymmetricKey(size: SymmetricKeySize(bitCount: newKeyLength * 8))
    return Secret(prefix + key.withUnsafeBytes { Data($0).base64EncodedString() })
  }

  /// The value of `webhook-signature`: `v1,` and base64 of HMAC-SHA-256 over `id.timestamp.body`, one for each secret.
  /// - Parameters:
  ///   - id: the value of `webhook-id`.
  ///   - timestamp: the value of `webhook-timestamp`: seconds since the epoch.
  ///   - body: the bytes as they are sent.
  public func signature(id: String, timestamp: Int64, body: some Sequence<UInt8>) -> String {
    let signed = Self.signed(id: id, timestamp: String(timestamp), body: body)
    return keys.map { key in
      "v1," + Data(HMAC<SHA256>.authenticationCode(for: signed, using: key)).base64EncodedString()
    }.joined(separator: " ")
  }

  /// True when one of the signatures in a header is by one of the secrets. Compares in constant time; schemes that are not `v1` are passed
  /// over.
  public func verifies(_ header: String, id: String, timestamp: String, body: some Sequence<UInt8>) -> Bool {
    let signed = Self.signed(id: id, timestamp: timestamp, body: body)
    var isValid = false
    for word in header.split(separator: " ") where word.hasPrefix("v1,") {
      guard let code = Data(base64Encoded: String(word.dropFirst(3))) else { continue }
      for key in keys where HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) {
        isValid = true
      }
    }
    return isValid
  }

  private static func signed(id: String, timestamp: String, body: some Sequence<UInt8>) -> Data {
    var signed = Data("\(id).\(timestamp).".utf8)
    signed.append(contentsOf: body)
    return signed
  }
}
