public import Daraja
import JWTKit

/// The keys that tokens are checked with.
///
/// A token's header never chooses an algorithm: it only has to agree with the one that the key is for. It chooses among
/// keys by `kid`; without one, exactly one key has to fit.
public struct TokenKeys: Sendable {
  /// The most keys that are taken from one file: rotation needs two, and each costs memory.
  public static let maximum = 100

  let all: [TokenKey]

  /// One shared secret, for HS256.
  /// - Throws: ``GatewayError/weakTokenSecret(bytes:)``.
  public init(secret: Secret) async throws(GatewayError) {
    all = [try await TokenKey(secret: secret)]
  }

  /// The public keys in a file: one in PEM, or several as a JWKS (RFC 7517).
  ///
  /// PEM holds an RSA key of at least 2,048 bits, taken for RS256; a P-256, P-384 or P-521 key, for ES256, ES384 or ES512;
  /// or an Ed25519 key, for EdDSA. A JWKS may say another algorithm of the same family in `alg`.
  ///
  /// - Parameters:
  ///   - text: the contents of the file.
  ///   - path: its path, for errors.
  ///   - secret: a shared secret that is taken besides, while a shop moves from one to the other.
  /// - Throws: ``GatewayError/tokenKeys(path:detail:)``, naming the key and what is wrong with it, or
  ///   ``GatewayError/weakTokenSecret(bytes:)``.
  public init(file text: String, path: String, besides secret: Secret? = nil) async throws(GatewayError) {
    var keys: [TokenKey] = []
    do {
      keys = text.contains("-----BEGIN ") ? [try await Self.pem(text)] : try await Self.jwks(text)
    } catch let problem as KeyProblem {
      throw .tokenKeys(path: path, detail: problem.description)
    } catch {
      throw .tokenKeys(path: path, detail: "a key cannot be used")
    }
    if let secret { keys.append(try await TokenKey(secret: secret)) }
    all = keys
  }

  /// The key that a token with this header is to be checked with; nil when there is none, or when several fit.
  func key(id: String?, algorithm: String) -> TokenKey? {
    let fitting = all.filter { $0.algorithm == algorithm && (id == nil || $0.id == id) }
    return fitting.count == 1 ? fitting.first : nil
  }
}

/// What is wrong with a key. Holds nothing of the key itself.
struct KeyProblem: Error, CustomStringConvertible {
  let description: String
}
