public import Daraja
import JWTKit

/// Makes tokens that ``Authenticator`` takes: for development, tests and the demo. In production the shop's own sign-in
/// makes them.
public struct TokenIssuer: Sendable {
  private let key: TokenKey
  private let policy: TokenPolicy
  private let now: @Sendable () -> Microseconds

  /// - Parameters:
  ///   - secret: what tokens are signed with; at least 32 bytes.
  ///   - policy: what the tokens will have to say.
  ///   - now: microseconds since the epoch.
  /// - Throws: ``GatewayError/weakTokenSecret(bytes:)``.
  public init(
    secret: Secret, policy: TokenPolicy = TokenPolicy(), now: @escaping @Sendable () -> Microseconds
  ) async throws(GatewayError) {
    self.key = try await TokenKey(secret: secret)
    self.policy = policy
    self.now = now
  }

  /// An access token for a user that ends after `lifetime`.
  /// - Parameter staff: whether it has the policy's staff claim; without such a claim nobody is staff.
  /// - Throws: what signing throws; with a checked key there is no known cause.
  public func token(user: String, lifetime: Duration, staff: Bool = false) async throws -> String {
    let issuedAt = (Double(now()) / 1_000_000).rounded(.down)
    var claims = TokenClaims(
      user: user, expiry: issuedAt + Double(lifetime.components.seconds), issuedAt: issuedAt)
    claims.type = "access"
    claims.audience = policy.audience.map { [$0] } ?? []
    claims.issuer = policy.issuer
    if staff, let claim = policy.staffClaim { claims.granted = [claim] }
    return try await key.keys.sign(claims)
  }
}
