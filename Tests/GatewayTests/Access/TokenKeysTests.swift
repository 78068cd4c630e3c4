import Crypto
import Daraja
import Foundation
import JWTKit
import Testing

@testable import Gateway

/// Tokens of public keys: which are taken, and which tricks are not.
@Suite struct TokenKeysTests {
  private static let nowSeconds = 1_767_323_045
  private static let secret = Secret("a secret of thirty-two bytes ....")

  private struct Claims: JWTPayload {
    var user_id = 7
    var exp = nowSeconds + 60
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// The keys of one maker of tokens, made anew for each run.
  private struct Maker {
    let rsa: JWTKit.Insecure.RSA.PrivateKey
    private let curve = P256.Signing.PrivateKey()
    let p256: ES256PrivateKey
    let p384 = ES384PrivateKey()
    let ed25519: EdDSA.PrivateKey

    init(rsa pem: String = RSAExamples.strong) throws {
      rsa = try JWTKit.Insecure.RSA.PrivateKey(pem: pem)
      p256 = try ES256PrivateKey(backing: curve)
      ed25519 = try EdDSA.PrivateKey()
    }

    /// A signature for ES256, made without the library that checks it.
    func p256Signature(over text: String) throws -> [UInt8] {
      Array(try curve.signature(for: Array(text.utf8)).rawRepresentation)
    }

    func token(_ algorithm: String, kid: String? = nil) async throws -> String {
      let keys = JWTKeyCollection()
      switch algorithm {
      case "RS256": await keys.add(rsa: rsa, digestAlgorithm: .sha256)
      case "RS512": await keys.add(rsa: rsa, digestAlgorithm: .sha512)
      case "PS256": await keys.add(pss: rsa, digestAlgorithm: .sha256)
      case "ES256": await keys.add(ecdsa: p256)
      case "ES384": await keys.add(ecdsa: p384)
      case "EdDSA": await keys.add(eddsa: ed25519)
      default: Issue.record("no such algorithm: \(algorithm)")
      }
      var header = JWTHeader()
      if let kid { header.kid = kid }
      return try await keys.sign(Claims(), header: header)
    }

    /// The public key for an algorithm, in PEM.
    func pem(_ algorithm: String) throws -> String {
      switch algorithm {
      case "ES256": p256.publicKey.pemRepresentation
      case "ES384": p384.publicKey.pemRepresentation
      case "EdDSA": ed25519.publicKey.pemRepresentation
      default: rsa.publicKey.pemRepresentation
      }
    }

    /// The public key for an algorithm as a member of a JWKS.
    func jwk(_ algorithm: String, kid: String?, more: String = "") throws -> String {
      let id = kid.map { #","kid":"\#($0)""# } ?? ""
      switch algorithm {
      case "ES256":
        let (x, y) = try #require(p256.publicKey.parameters)
        return #"{"kty":"EC","crv":"P-256","x":"\#(Self.url(x))","y":"\#(Self.url(y))"\#(id)\#(more)}"#
      case "EdDSA":
        return #"{"kty":"OKP","crv":"Ed25519","x":"\#(Self.url(ed25519.publicKey.rawRepresentation))"\#(id)\#(more)}"#
      default:
        let (n, e) = try rsa.publicKey.getKeyPrimitives()
        return #"{"kty":"RSA","n":"\#(Self.url(n))","e":"\#(Self.url(e))"\#(id)\#(more)}"#
      }
    }

    private static func url(_ data: Data) -> String { url(data.base64EncodedString()) }
    private static func url(_ base64: String) -> String {
      base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
  }

  private static func user(of token: String, _ keys: TokenKeys) async throws -> String {
    try await Authenticator(keys: keys, now: { Int64(nowSeconds) * 1_000_000 })
      .caller(authorization: "JWT \(token)").user
  }

  private static func expectRefusal(_ token: String, _ keys: TokenKeys, _ what: Comment) async {
    let error = await #expect(throws: APIError.self, what) { try await user(of: token, keys) }
    #expect(error?.code == .tokenInvalid, what)
  }

  private static func jwks(_ keys: String...) async throws -> TokenKeys {
    try await TokenKeys(file: #"{"keys":[\#(keys.joined(separator: ","))]}"#, path: "/etc/keys.json")
  }

  @Test(arguments: ["RS256", "ES256", "ES384", "EdDSA"])
  func aKeyInPEMChecksItsOwnAlgorithm(algorithm: String) async throws {
    let maker = try Maker()
    let keys = try await TokenKeys(file: maker.pem(algorithm), path: "/etc/key.pem")
    #expect(try await Self.user(of: maker.token(algorithm), keys) == "7")
    for other in ["RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA"] where other != algorithm {
      await Self.expectRefusal(try await maker.token(other), keys, "\(other) for a key of \(algorithm)")
    }
    await Self.expectRefusal(try await Maker(rsa: RSAExamples.other).token(algorithm), keys, "another maker's key")
  }

  @Test(arguments: ["RS256", "ES256", "EdDSA"])
  func aKeySetChecksToo(algorithm: String) async throws {
    let maker = try Maker()
    let keys = try await Self.jwks(maker.jwk(algorithm, kid: "2026-11"))
    #expect(try await Self.user(of: maker.token(algorithm, kid: "2026-11"), keys) == "7")
    #expect(try await Self.user(of: maker.token(algorithm), keys) == "7")
    await Self.expectRefusal(try await maker.token(algorithm, kid: "2026-10"), keys, "an unknown kid")
  }

  @Test func aKeySetMaySayAnotherAlgorithmOfItsFamilyAndIsHeldToIt() async throws {
    let maker = try Maker()
    let keys = try await Self.jwks(maker.jwk("RS256", kid: "a", more: #","alg":"PS256""#))
    #expect(try await Self.user(of: maker.token("PS256", kid: "a"), keys) == "7")
    await Self.expectRefusal(try await maker.token("RS256", kid: "a"), keys, "RS256 for a key of PS256")
  }

  @Test func rotationHasBothKeysForAWhileAndThenOne() async throws {
    let (old, new) = (try Maker(), try Maker())
    let before = try await Self.jwks(old.jwk("ES256", kid: "old"))
    let during = try await Self.jwks(old.jwk("ES256", kid: "old"), new.jwk("ES256", kid: "new"))
    let after = try await Self.jwks(new.jwk("ES256", kid: "new"))
    let authenticator = Authenticator(keys: before, now: { Int64(Self.nowSeconds) * 1_000_000 })
    let (oldToken, newToken) = (try await old.token("ES256", kid: "old"), try await new.token("ES256", kid: "new"))
    for (keys, takesOld, takesNew) in [(before, true, false), (during, true, true), (after, false, true)] {
      authenticator.replace(keys: keys, policy: TokenPolicy())
      #expect(((try? await authenticator.caller(authorization: "JWT \(oldToken)")) != nil) == takesOld)
      #expect(((try? await authenticator.caller(authorization: "JWT \(newToken)")) != nil) == takesNew)
    }
    // Names count, not luck: the right key under the other's name is refused, and so is no name where two keys fit.
    await Self.expectRefusal(try await new.token("ES256", kid: "old"), during, "another key's kid")
    await Self.expectRefusal(try await new.token("ES256"), during, "no kid where two fit")
  }

  @Test func withoutANameTheOnlyKeyOfItsAlgorithmFits() async throws {
    let maker = try Maker()
    let keys = try await Self.jwks(maker.jwk("ES256", kid: "a"), maker.jwk("EdDSA", kid: "b"))
    #expect(try await Self.user(of: maker.token("ES256"), keys) == "7")
    #expect(try await Self.user(of: maker.token("EdDSA"), keys) == "7")
  }

  @Test func aSharedSecretIsTakenBesidesOnlyWhereItIsSet() async throws {
    let maker = try Maker()
    let token = try await TokenIssuer(secret: Self.secret, now: { Int64(Self.nowSeconds) * 1_000_000 }).token(
      user: "7", lifetime: .seconds(60))
    let both = try await TokenKeys(file: maker.pem("ES256"), path: "/etc/key.pem", besides: Self.secret)
    #expect(try await Self.user(of: token, both) == "7")
    #expect(try await Self.user(of: maker.token("ES256"), both) == "7")
    await Self.expectRefusal(token, try await TokenKeys(file: maker.pem("ES256"), path: "/etc/key.pem"), "no secret")
  }

  /// The oldest trick: the public key, which everybody has, used as if it were a shared secret.
  @Test(arguments: ["RS256", "ES256", "EdDSA"], [true, false])
  func aPublicKeyIsNoSecret(algorithm: String, withSecretBeside: Bool) async throws {
    let maker = try Maker()
    let pem = try maker.pem(algorithm)
    let keys = try await TokenKeys(file: pem, path: "/etc/key.pem", besides: withSecretBeside ? Self.secret : nil)
    for bytes in [Array(pem.utf8), Array((pem + "\n").utf8)] {
      for name in ["HS256", "HS384", "HS512", algorithm, "none"] {
        let head = Self.base64(#"{"alg":"\#(name)","typ":"JWT"}"#)
        let body = Self.base64(#"{"user_id":7,"exp":\#(Self.nowSeconds + 60)}"#)
        let tag = HMAC<SHA256>.authenticationCode(
          for: Array("\(head).\(body)".utf8), using: SymmetricKey(data: bytes))
        await Self.expectRefusal("\(head).\(body).\(Self.base64(Array(tag)))", keys, "\(name)")
        await Self.expectRefusal("\(head).\(body).", keys, "\(name), unsigned")
      }
    }
  }

  @Test func aTokenThatBringsItsOwnKeyIsJudgedByOurs() async throws {
    let (maker, stranger) = (try Maker(), try Maker())
    let keys = try await Self.jwks(maker.jwk("ES256", kid: "a"))
    let stolen = try await maker.token("ES256", kid: "a").split(separator: ".")
    let head = Self.base64(#"{"alg":"ES256","kid":"a","jwk":\#(try stranger.jwk("ES256", kid: "a"))}"#)
    let signature = try stranger.p256Signature(over: "\(head).\(stolen[1])")
    await Self.expectRefusal("\(head).\(stolen[1]).\(Self.base64(signature))", keys, "jwk in the header")
  }

  private static func base64(_ text: String) -> String { base64(Array(text.utf8)) }
  private static func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test func filesThatCannotBeUsedAreRefusedByName() async throws {
    let maker = try Maker()
    let rsa = try maker.jwk("RS256", kid: "a")
    let table: [(String, says: String)] = [
      ("", "neither a public key in PEM nor a JWKS"), ("{}", "neither"), (#"{"keys":[]}"#, "no key that signs"),
      (#"{"keys":[\#(try maker.jwk("RS256", kid: "a", more: #","use":"enc""#))]}"#, "no key that signs"),
      (RSAExamples.weakPublic, "fewer than 2048 bits"),
      (RSAExamples.strong, "private key"), (maker.p256.pemRepresentation, "private key"),
      ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "no public key in PEM"),
      (try maker.pem("ES256") + "\n" + maker.pem("RS256"), "it holds 2 keys"),
      (#"{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"s"}]}"#, "kid s is a shared secret"),
      (#"{"keys":[{"kty":"RSA","kid":"s","n":"AQAB","e":"AQAB"}]}"#, "kid s"),
      (#"{"keys":[{"kty":"RSA","kid":"s"}]}"#, "kid s is incomplete"),
      (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, "key number 1"),
      (#"{"keys":[{"kty":"EC","kid":"d","crv":"P-256","x":"AA","y":"AA","d":"AA"}]}"#, "kid d is a private key"),
      (#"{"keys":[\#(rsa),\#(rsa)]}"#, "several RS256 keys have the kid a"),
      (#"{"keys":[\#(try maker.jwk("RS256", kid: "a", more: #","alg":"ES256""#))]}"#, "kid a is incomplete"),
    ]
    for (text, says) in table {
      let error = await #expect(throws: GatewayError.self, "\(says)") {
        _ = try await TokenKeys(file: text, path: "/etc/mpesad/keys")
      }
      let description = try #require(error?.description)
      #expect(description.contains(says), "\(description)")
      #expect(description.contains("/etc/mpesad/keys") && description.contains("jwt_keys_file"))
    }
  }

  @Test func aFileHoldsAHundredKeysAtMost() async throws {
    let maker = try Maker()
    let keys = try (0...TokenKeys.maximum).map { try maker.jwk("EdDSA", kid: "\($0)") }
    let few = #"{"keys":[\#(keys.dropLast().joined(separator: ","))]}"#
    #expect(try await Self.user(of: maker.token("EdDSA", kid: "42"), TokenKeys(file: few, path: "/k")) == "7")
    await #expect(throws: GatewayError.self) {
      try await TokenKeys(file: #"{"keys":[\#(keys.joined(separator: ","))]}"#, path: "/k")
    }
  }
}
