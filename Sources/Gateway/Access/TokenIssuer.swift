public import Daraja
import JWTKit

/// Makes tokens that ``Authenticator`` takes: for development, tests and the demo. In production the shop's own sign-in
/// makes them.
public struct TokenIssuer: Sendable {
  private let key: TokenKey
  private let now: @Sendable () -> Microseconds

  /// - Parameters:
  ///   - secret: what tokens are signed with; at least 32 bytes.
  ///   - now: microseconds since the epoch.
  /// - Throws: ``GatewayError/weakTokenSecret(bytes:)``.
  public init(secret: Secret, now: @escaping @Sendable () -> Microseconds) async throws(GatewayError) {
    self.key = try await TokenKey(secret)
    self.now = now
  }

  /// A token for a user that ends after `lifetime`.
  /// - Throws: what signing throws; with a checked key there is no known cause.
  public func token(user: String, lifetime: Duration) async throws -> String {
    let issuedAt = (Double(now()) / 1_000_000).rounded(.down)
    let claims = TokenClaims(
      user: user, expiry: issuedAt + Double(lifetime.components.seconds), issuedAt: issuedAt)
    return try await key.keys.sign(claims)
  }
}
