import Daraja
import Foundation

extension Settings {
  /// Where the merchant's own system is told of settlements.
  struct Webhook: Sendable {
    /// A signing key must have so many bytes (Standard Webhooks).
    static let keyBytes = 24...64
    /// What stands before the base64 of a signing key (Standard Webhooks).
    static let secretPrefix = "whsec_"

    /// Nil: nobody is told, and what there is to tell waits.
    var url: String?
    /// The signing secrets as they were given, `whsec_` and base64: one, or two while one replaces the other.
    var secrets: [Secret]
    /// Whether private, loopback and link-local addresses may be told.
    var allowsPrivateAddresses: Bool

    init(_ source: SettingsSource) throws {
      url = try source.value(.webhookURL, expected: "an absolute http or https address without \"#\"") {
        SettingText.address($0) == nil ? nil : $0
      }
      secrets = try source.value(
        .webhookSecret, default: [],
        expected:
          "\(Self.secretPrefix) and the base64 of 24 to 64 bytes; two of them with a space between while one is replaced",
        Self.secrets)
      allowsPrivateAddresses = try source.value(
        .webhookPrivateAddresses, default: false, expected: "refuse or allow"
      ) { ["refuse": false, "allow": true][$0] }
    }

    private static func secrets(_ text: String) -> [Secret]? {
      let parts = text.split(whereSeparator: \.isWhitespace)
      let areKeys = parts.allSatisfy { part in
        part.hasPrefix(secretPrefix)
          && Data(base64Encoded: String(part.dropFirst(secretPrefix.count))).map { keyBytes.contains($0.count) } == true
      }
      return areKeys && (1...2).contains(parts.count) ? parts.map { Secret(String($0)) } : nil
    }
  }
}
