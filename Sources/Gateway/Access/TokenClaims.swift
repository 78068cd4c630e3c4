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

  /// The longest user id, in bytes: it stands in every row that the user makes.
  static let maximumUserBytes = 128

  enum CodingKeys: String, CodingKey {
    case user = "user_id"
    case expiry = "exp"
    case notBefore = "nbf"
    case issuedAt = "iat"
  }

  init(user: String, expiry: Double, issuedAt: Double) {
    self.user = user
    self.expiry = expiry
    self.issuedAt = issuedAt
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let number = try? values.decode(Int64.self, forKey: .user) {
      user = String(number)
    } else {
      user = try values.decode(String.self, forKey: .user)
    }
    guard !user.isEmpty, user.utf8.count <= Self.maximumUserBytes, user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw DecodingError.dataCorruptedError(forKey: .user, in: values, debugDescription: "not a usable user id")
    }
    expiry = try values.decode(Double.self, forKey: .expiry)
    notBefore = try values.decodeIfPresent(Double.self, forKey: .notBefore)
    issuedAt = try values.decodeIfPresent(Double.self, forKey: .issuedAt)
  }

  /// The times are checked by ``Authenticator``, against its own clock.
  func verify(using algorithm: some JWTAlgorithm) throws {}
}
