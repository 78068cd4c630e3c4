/// What a token must say besides who it is for.
public struct TokenPolicy: Hashable, Sendable {
  /// Whom tokens are made for. Nil: for nobody in particular, and one that names somebody is refused (RFC 7519, 4.1.3).
  public var audience: String?
  /// Who makes them. Nil: whoever has the key.
  public var issuer: String?
  /// The claim that is `true` in the tokens of staff. Nil: there are no staff.
  public var staffClaim: String?

  /// No audience, no issuer, no staff unless said.
  public init(audience: String? = nil, issuer: String? = nil, staffClaim: String? = nil) {
    self.audience = audience
    self.issuer = issuer
    self.staffClaim = staffClaim
  }
}
