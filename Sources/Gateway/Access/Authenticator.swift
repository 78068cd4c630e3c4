public import Daraja
import JWTKit

/// Checks the tokens of the API: `Authorization: JWT <token>`, `Bearer` too.
///
/// HS256 and nothing else, whatever a token's header asks for; `exp` and `user_id` are required, `nbf` is honoured.
public struct Authenticator: Sendable {
  /// How far the clocks of the token's maker and of this host may differ, in seconds.
  public static let leewaySeconds = 60

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

  /// The user that an Authorization header proves, as text.
  func user(authorization: String?) async throws(APIError) -> String {
    guard let authorization, !authorization.isEmpty else { throw refusal(.tokenMissing) }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, ["jwt", "bearer"].contains(parts[0].lowercased()) else { throw refusal(.tokenMissing) }
    let claims = try await claims(of: parts[1].trimmingPrefix(while: { $0 == " " }))
    let seconds = Double(now()) / 1_000_000
    guard seconds < claims.expiry + Double(Self.leewaySeconds) else { throw refusal(.tokenExpired) }
    if let notBefore = claims.notBefore, seconds < notBefore - Double(Self.leewaySeconds) {
      throw refusal(.tokenInvalid, "The token is not valid yet. Check the clocks of both hosts.")
    }
    return claims.user
  }

  private func claims(of token: Substring) async throws(APIError) -> TokenClaims {
    let bytes = Array(token.utf8)
    do {
      // The library picks the key, not the algorithm: what the header names is checked here.
      let header = try DefaultJWTParser().parse(bytes, as: TokenClaims.self).header
      guard header.alg == "HS256", header[dynamicMember: "crit"] == nil else { throw refusal(.tokenInvalid) }
      return try await key.keys.verify(bytes, as: TokenClaims.self)
    } catch {
      // The library's reason can quote the token, so that it is dropped.
      throw refusal(.tokenInvalid)
    }
  }

  private func refusal(_ code: ErrorCode, _ message: String? = nil) -> APIError {
    APIError(code, message, headers: [.wwwAuthenticate: "JWT"])
  }
}
