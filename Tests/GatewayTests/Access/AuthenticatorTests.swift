import Crypto
import Daraja
import Foundation
import Testing

@testable import Gateway

@Suite struct AuthenticatorTests {
  private static let secret = "a secret of thirty-two bytes ...."
  private static let nowSeconds = 1_767_323_045

  private func authenticator() async throws -> Authenticator {
    try await Authenticator(secret: Secret(Self.secret), now: { Int64(Self.nowSeconds) * 1_000_000 })
  }

  /// A token put together by hand, so that it can be wrong in any way.
  private static func token(
    _ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, secret: String = secret
  ) -> String {
    let text = base64(Array(header.utf8)) + "." + base64(Array(payload.utf8))
    let tag = HMAC<SHA256>.authenticationCode(
      for: Array(text.utf8), using: SymmetricKey(data: Array(secret.utf8)))
    return text + "." + base64(Array(tag))
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static let good = token(user: "7")

  /// A token that is right in everything that is not said.
  private static func token(
    user: String, expiresIn seconds: Int = 60, more: String = "", header: String = #"{"alg":"HS256","typ":"JWT"}"#,
    secret: String = secret
  ) -> String {
    token(#"{"user_id":\#(user),"exp":\#(nowSeconds + seconds)\#(more)}"#, header: header, secret: secret)
  }

  private static let goodHeaders: [(String, String)] = [
    ("JWT " + good, "7"), ("Bearer " + good, "7"), ("jwt " + good, "7"), ("BEARER   " + good, "7"),
    ("JWT " + token(user: #""shop-1""#), "shop-1"),
    ("JWT " + token(user: "9223372036854775807"), "9223372036854775807"),
    // A minute of leeway either way, and times with fractions.
    ("JWT " + token(user: "7", expiresIn: -59), "7"),
    ("JWT " + token(user: "7", expiresIn: 1, more: ".5"), "7"),
    ("JWT " + token(user: "7", more: #","nbf":\#(nowSeconds + 60)"#), "7"),
    // As SimpleJWT writes it.
    (
      "JWT "
        + token(#"{"token_type":"access","exp":\#(nowSeconds + 300),"iat":\#(nowSeconds),"jti":"5f2c","user_id":"42"}"#),
      "42"
    ),
  ]

  @Test(arguments: goodHeaders)
  func aGoodTokenProvesItsUser(header: String, user: String) async throws {
    #expect(try await authenticator().caller(authorization: header).user == user)
  }

  private static let missing: [String?] = [nil, "", "Basic dXNlcjpwYXNz", "JWT", good]

  private static let invalid: [String] = [
    "x", "a.b.c", good + "x", good + ", JWT " + good,
    token(user: "7", secret: "another secret of thirty-two byte"),
    // The algorithm is pinned: neither none, nor another one that the same key would fit.
    token(user: "7", header: #"{"alg":"none"}"#),
    good.split(separator: ".").dropLast().joined(separator: ".") + ".",
    token(user: "7", header: #"{"alg":"HS512"}"#), token(user: "7", header: #"{"alg":"hs256"}"#),
    token(user: "7", header: #"{"typ":"JWT"}"#), token(user: "7", header: #"{"alg":"HS256","crit":["x"]}"#),
    // Claims that are missing or are something else.
    token(#"{"user_id":7}"#), token(#"{"exp":\#(nowSeconds + 60)}"#), token(#"{"user_id":7,"exp":"tomorrow"}"#),
    token(user: #""""#), token(user: "null"), token(user: "1.5"),
    token(user: "\"" + String(repeating: "x", count: 129) + "\""),
    // A refresh token is signed with the same key and lives for days.
    token(user: "7", more: #","token_type":"refresh""#), token(user: "7", more: #","token_type":"""#),
    token(user: "7", more: #","token_type":7"#),
    // Meant for somebody else.
    token(user: "7", more: #","aud":"shop""#), token(user: "7", more: #","aud":["shop"]"#),
    token(user: "7", more: #","aud":7"#),
    // A key with no name of its own does not answer to one.
    token(user: "7", header: #"{"alg":"HS256","kid":"1"}"#), token(user: "7", header: #"{"alg":"HS256","kid":""}"#),
    // Not yet.
    token(user: "7", expiresIn: 600, more: #","nbf":\#(nowSeconds + 61)"#),
  ]

  private static let expired: [String] = [token(user: "7", expiresIn: -60), token(#"{"user_id":7,"exp":0}"#)]

  private static var bad: [(String?, ErrorCode)] {
    missing.map { ($0, .tokenMissing) } + invalid.map { ("JWT " + $0, .tokenInvalid) }
      + expired.map { ("JWT " + $0, .tokenExpired) }
  }

  @Test(arguments: bad)
  func everythingElseIsRefusedWithAStableCode(header: String?, code: ErrorCode) async throws {
    let authenticator = try await authenticator()
    let error = await #expect(throws: APIError.self) { try await authenticator.caller(authorization: header) }
    #expect(error?.code == code)
    #expect(error?.headers[.wwwAuthenticate] == "JWT")
    if let header, header.count > 12 { #expect(error?.message.contains(header.suffix(8)) == false) }
  }

  private static let policies: [(String, TokenPolicy, accepted: Bool)] = [
    (#","aud":"pay""#, TokenPolicy(audience: "pay"), true),
    (#","aud":["shop","pay"]"#, TokenPolicy(audience: "pay"), true),
    (#","aud":"shop""#, TokenPolicy(audience: "pay"), false), (#","aud":[]"#, TokenPolicy(audience: "pay"), false),
    ("", TokenPolicy(audience: "pay"), false), (#","iss":"shop""#, TokenPolicy(issuer: "shop"), true),
    (#","iss":"Shop""#, TokenPolicy(issuer: "shop"), false), ("", TokenPolicy(issuer: "shop"), false),
    (#","iss":"anybody""#, TokenPolicy(), true),
    (#","aud":"pay","iss":"shop""#, TokenPolicy(audience: "pay", issuer: "shop"), true),
  ]

  @Test(arguments: policies)
  func audienceAndIssuerAreCheckedWhereTheyAreSet(more: String, policy: TokenPolicy, accepted: Bool) async throws {
    let authenticator = Authenticator(
      keys: try await TokenKeys(secret: Secret(Self.secret)), policy: policy,
      now: { Int64(Self.nowSeconds) * 1_000_000 })
    let caller = try? await authenticator.caller(authorization: "JWT " + Self.token(user: "7", more: more))
    #expect((caller != nil) == accepted)
  }

  private static let claims: [(String, setting: String?, isStaff: Bool)] = [
    (#","is_staff":true"#, "is_staff", true), (#","is_staff":false"#, "is_staff", false),
    (#","is_staff":"true""#, "is_staff", false), (#","is_staff":1"#, "is_staff", false),
    (#","is_staff":null"#, "is_staff", false), (#","staff":true"#, "is_staff", false), ("", "is_staff", false),
    (#","is_staff":true"#, nil, false), (#","is_staff":true,"x":{"is_staff":false}"#, "is_staff", true),
  ]

  @Test(arguments: claims)
  func onlyTheConfiguredClaimThatIsTrueMakesStaff(more: String, setting: String?, isStaff: Bool) async throws {
    let authenticator = Authenticator(
      keys: try await TokenKeys(secret: Secret(Self.secret)), policy: TokenPolicy(staffClaim: setting),
      now: { Int64(Self.nowSeconds) * 1_000_000 })
    let caller = try await authenticator.caller(authorization: "JWT " + Self.token(user: "7", more: more))
    #expect(caller == Caller(user: "7", isStaff: isStaff))
  }

  @Test func anIssuedTokenSatisfiesItsOwnPolicy() async throws {
    let policy = TokenPolicy(audience: "pay", issuer: "mpesad", staffClaim: "is_staff")
    let now: @Sendable () -> Microseconds = { Int64(Self.nowSeconds) * 1_000_000 }
    let issuer = try await TokenIssuer(secret: Secret(Self.secret), policy: policy, now: now)
    let authenticator = Authenticator(
      keys: try await TokenKeys(secret: Secret(Self.secret)), policy: policy, now: now)
    for staff in [false, true] {
      let token = try await issuer.token(user: "9", lifetime: .seconds(60), staff: staff)
      #expect(try await authenticator.caller(authorization: "JWT \(token)") == Caller(user: "9", isStaff: staff))
    }
  }

  @Test func nobodyMayReadAnything() {
    #expect(!Caller.nobody.mayRead(createdBy: ""))
    #expect(!Caller(user: "7", isStaff: false).mayRead(createdBy: "8"))
    #expect(Caller(user: "7", isStaff: false).mayRead(createdBy: "7"))
    #expect(Caller(user: "7", isStaff: true).mayRead(createdBy: "8"))
  }

  @Test func aShortSecretIsAConfigurationError() async {
    await #expect(throws: GatewayError.weakTokenSecret(bytes: 31)) {
      try await Authenticator(secret: Secret(String(repeating: "x", count: 31)), now: { 0 })
    }
    #expect(GatewayError.weakTokenSecret(bytes: 31).description.contains("at least 32"))
  }

  @Test func anIssuedTokenLastsAsLongAsItSays() async throws {
    let issuer = try await TokenIssuer(secret: Secret(Self.secret), now: { Int64(Self.nowSeconds) * 1_000_000 })
    let token = try await issuer.token(user: "demo", lifetime: .seconds(10))
    let later = { (seconds: Int) in
      try await Authenticator(secret: Secret(Self.secret), now: { Int64(Self.nowSeconds + seconds) * 1_000_000 })
        .caller(authorization: "Bearer \(token)")
    }
    #expect(try await later(69).user == "demo")
    await #expect(throws: APIError.self) { try await later(70) }
  }
}
