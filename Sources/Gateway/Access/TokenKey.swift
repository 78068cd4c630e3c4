import Daraja
import JWTKit

/// The secret that signs and checks the API's tokens, with HS256 only.
struct TokenKey: Sendable {
  /// The shortest secret, in bytes: as long as the hash (RFC 7518, 3.2).
  static let minimumBytes = 32

  let keys: JWTKeyCollection

  init(_ secret: Secret) async throws(GatewayError) {
    let bytes = secret.reveal().utf8.count
    guard bytes >= Self.minimumBytes else { throw .weakTokenSecret(bytes: bytes) }
    keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: secret.reveal()), digestAlgorithm: .sha256)
  }
}
