import Crypto

/// What may be shown of a secret: enough to tell two apart, nothing to guess one from.
enum Fingerprint {
  /// The first 8 hexadecimal digits of its SHA-256.
  static func of(_ secret: String) -> String { of(Array(secret.utf8)) }

  /// The same of bytes.
  static func of(_ secret: [UInt8]) -> String {
    SHA256.hash(data: secret).prefix(4)
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// A setting's text as it may be shown.
  static func shown(_ text: String, of setting: Setting) -> String { setting.isSecret ? of(text) : text }
}
