import Crypto
import Daraja
import Foundation
import JWTKit

/// A set of public keys as sign-in services publish it (RFC 7517).
extension TokenKeys {
  static func jwks(_ text: String) async throws -> [TokenKey] {
    guard let document = try? JSONValue.parse(text.utf8), case .array(let members)? = document["keys"] else {
      throw KeyProblem(description: "it is neither a public key in PEM nor a JWKS, which is JSON with \"keys\"")
    }
    guard members.count <= maximum else {
      throw KeyProblem(description: "it holds \(members.count) keys; at most \(maximum) are taken")
    }
    var keys: [TokenKey] = []
    for (index, member) in members.enumerated() where member["use"]?.text != "enc" {
      let id = member["kid"]?.text
      let name = id.map { "the key with kid \($0.prefix(60))" } ?? "key number \(index + 1)"
      do {
        keys.append(try await key(member, id: id))
      } catch let problem as KeyProblem {
        throw KeyProblem(description: "\(name) \(problem.description)")
      } catch CryptoKitError.incorrectParameterSize {
        throw KeyProblem(description: "\(name) has a wrong length; RSA needs at least \(minimumRSABits) bits")
      } catch {
        throw KeyProblem(description: "\(name) is incomplete or of no kind that is taken")
      }
    }
    guard !keys.isEmpty else { throw KeyProblem(description: "it holds no key that signs") }
    for key in keys where keys.filter({ $0.id == key.id && $0.algorithm == key.algorithm }).count > 1 {
      throw KeyProblem(
        description: "several \(key.algorithm) keys have \(key.id.map { "the kid \($0.prefix(60))" } ?? "no kid"); "
          + "give each its own")
    }
    return keys
  }

  private static func key(_ member: JSONValue, id: String?) async throws -> TokenKey {
    let type = member["kty"]?.text
    guard type != "oct" else {
      throw KeyProblem(description: "is a shared secret, which does not belong in this file; use jwt_secret")
    }
    guard member["d"] == nil else {
      throw KeyProblem(description: "is a private key; give mpesad the public one only")
    }
    var jwk = try JSONDecoder().decode(JWK.self, from: Data(member.bytes))
    // Pinned now: a key without its algorithm would take the one that a token's header asks for.
    jwk.algorithm = jwk.algorithm ?? standardAlgorithm(type, curve: member["crv"]?.text)
    jwk.keyIdentifier = JWKIdentifier(string: id ?? "")
    let keys = JWTKeyCollection()
    try await keys.add(jwk: jwk)
    return try await TokenKey(id: id, onlyKeyOf: keys)
  }

  /// What a key without `alg` is for.
  private static func standardAlgorithm(_ type: String?, curve: String?) -> JWK.Algorithm? {
    switch (type, curve) {
    case ("RSA", _): .rs256
    case ("EC", "P-256"): .es256
    case ("EC", "P-384"): .es384
    case ("EC", "P-521"): .es512
    case ("OKP", _): .eddsa
    default: nil
    }
  }
}
