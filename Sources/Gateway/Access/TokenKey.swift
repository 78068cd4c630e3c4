import Daraja
import JWTKit

/// One key that signs or checks the API's tokens, with the one algorithm that it is for.
struct TokenKey: Sendable {
  /// The shortest secret, in bytes: as long as the hash (RFC 7518, 3.2).
  static let minimumSecretBytes = 32

  /// Its name in the header of tokens (`kid`); nil when it has none.
  let id: String?
  /// The only algorithm that it is used with, as headers name it.
  let algorithm: String
  /// Holds this key alone, so that nothing in a token's header chooses another.
  let keys: JWTKeyCollection

  /// The only key of a collection.
  init(id: String?, onlyKeyOf keys: JWTKeyCollection) async throws {
    self.id = id
    self.keys = keys
    algorithm = try await keys.getKey().name
  }

  /// A secret that the maker of the tokens shares with us: HS256.
  init(secret: Secret) async throws(GatewayError) {
    let bytes = secret.reveal().utf8.count
    guard bytes >= Self.minimumSecretBytes else { throw .weakTokenSecret(bytes: bytes) }
    let keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: secret.reveal()), digestAlgorithm: .sha256)
    id = nil
    algorithm = "HS256"
    self.keys = keys
  }
}
