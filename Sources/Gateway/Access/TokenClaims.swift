import JWTKit

/// What a token says. Times are seconds since the epoch, possibly with a fraction (RFC 7519, 2).
struct TokenClaims: JWTPayload {
  /// Who it was made for; a number in the token becomes text.
  var user: String
  /// When it ends.
  var expiry: Double
  /// When it begins, if it says so.
  var notBefore: Double?
  /// When it was made, if it says so.
  var issuedAt: Double?
  /// Whom it is meant for; empty when it does not say.
  var audience: [String] = []
  /// Who made it, if it says so.
  var issuer: String?
  /// What it is for, if it says so: SimpleJWT signs `access` and `refresh` tokens with one key.
  var type: String?
  /// The names of all claims that are `true`.
  var granted: Set<String> = []

  /// The longest user id, in bytes: it stands in every row that the user makes.
  static let maximumUserBytes = 128

  private enum Name {
    static let user = Claim("user_id")
    static let expiry = Claim("exp")
    static let notBefore = Claim("nbf")
    static let issuedAt = Claim("iat")
    static let audience = Claim("aud")
    static let issuer = Claim("iss")
    static let type = Claim("token_type")
  }

  /// The name of a claim; any there may be, since the one that makes staff is a setting.
  private struct Claim: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(user: String, expiry: Double, issuedAt: Double) {
    self.user = user
    self.expiry = expiry
    self.issuedAt = issuedAt
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Claim.self)
    if let number = try? values.decode(Int64.self, forKey: Name.user) {
      user = String(number)
    } else {
      user = try values.decode(String.self, forKey: Name.user)
    }
    guard !user.isEmpty, user.utf8.count <= Self.maximumUserBytes, user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw DecodingError.dataCorruptedError(forKey: Name.user, in: values, debugDescription: "not a usable user id")
    }
    expiry = try values.decode(Double.self, forKey: Name.expiry)
    notBefore = try values.decodeIfPresent(Double.self, forKey: Name.notBefore)
    issuedAt = try values.decodeIfPresent(Double.self, forKey: Name.issuedAt)
    if let one = try? values.decode(String.self, forKey: Name.audience) {
      audience = [one]
    } else {
      audience = try values.decodeIfPresent([String].self, forKey: Name.audience) ?? []
    }
    issuer = try values.decodeIfPresent(String.self, forKey: Name.issuer)
    type = try values.decodeIfPresent(String.self, forKey: Name.type)
    granted = Set(values.allKeys.filter { (try? values.decode(Bool.self, forKey: $0)) == true }.map(\.stringValue))
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Claim.self)
    try values.encode(user, forKey: Name.user)
    try values.encode(expiry, forKey: Name.expiry)
    try values.encodeIfPresent(notBefore, forKey: Name.notBefore)
    try values.encodeIfPresent(issuedAt, forKey: Name.issuedAt)
    if !audience.isEmpty { try values.encode(audience, forKey: Name.audience) }
    try values.encodeIfPresent(issuer, forKey: Name.issuer)
    try values.encodeIfPresent(type, forKey: Name.type)
    for name in granted { try values.encode(true, forKey: Claim(name)) }
  }

  /// The claims are checked by ``Authenticator``, against its own clock and policy.
  func verify(using algorithm: some JWTAlgorithm) throws {}
}
