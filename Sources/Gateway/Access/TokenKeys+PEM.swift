import Crypto
import JWTKit

/// A public key as `openssl` writes it.
extension TokenKeys {
  /// What JWTKit and its cryptography take of RSA, in bits; below it a signature can be forged with effort.
  static let minimumRSABits = 2_048

  static func pem(_ text: String) async throws -> TokenKey {
    let kinds = text.split(separator: "-----BEGIN ").dropFirst(text.hasPrefix("-----BEGIN ") ? 0 : 1)
    guard kinds.count == 1, let kind = kinds.first else {
      throw KeyProblem(description: "it holds \(kinds.count) keys; write several as a JWKS, each with a kid")
    }
    guard !kind.prefix(while: { $0 != "\n" }).contains("PRIVATE") else {
      throw KeyProblem(description: "it holds a private key; give mpesad the public one only")
    }
    let keys = JWTKeyCollection()
    do {
      await keys.add(rsa: try Insecure.RSA.PublicKey(pem: text), digestAlgorithm: .sha256)
    } catch CryptoKitError.incorrectParameterSize {
      throw KeyProblem(description: "its RSA key has fewer than \(minimumRSABits) bits; make a longer one")
    } catch {
      try await addCurve(text, to: keys)
    }
    return try await TokenKey(id: nil, onlyKeyOf: keys)
  }

  /// The curves in turn: a PEM text says in its encoded part only which one it is of.
  private static func addCurve(_ text: String, to keys: JWTKeyCollection) async throws {
    if let key = try? ES256PublicKey(pem: text) {
      await keys.add(ecdsa: key)
    } else if let key = try? ES384PublicKey(pem: text) {
      await keys.add(ecdsa: key)
    } else if let key = try? ES512PublicKey(pem: text) {
      await keys.add(ecdsa: key)
    } else if let key = try? EdDSA.PublicKey(pem: text) {
      await keys.add(eddsa: key)
    } else {
      throw KeyProblem(
        description: "it is no public key in PEM of RSA, P-256, P-384, P-521 or Ed25519; "
          + "write one with: openssl pkey -in private.pem -pubout")
    }
  }
}
