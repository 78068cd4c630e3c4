public import Daraja
import JWTKit
import Synchronization

/// Checks the tokens of the API, as Django's SimpleJWT makes them: `Authorization: JWT <token>`, `Bearer` too.
///
/// `exp` and `user_id` are required; `nbf`, `aud` and `iss` are honoured; a `token_type` other than `access` is refused.
/// Keys and policy can be exchanged while requests are served.
public final class Authenticator: Sendable {
  /// How far the clocks of the token's maker and of this host may differ, in seconds.
  public static let leewaySeconds = 60

  private let rules: Mutex<(keys: TokenKeys, policy: TokenPolicy)>
  private let now: @Sendable () -> Microseconds

  /// - Parameters:
  ///   - keys: what tokens are checked with.
  ///   - policy: what they must say.
  ///   - now: microseconds since the epoch.
  public init(keys: TokenKeys, policy: TokenPolicy = TokenPolicy(), now: @escaping @Sendable () -> Microseconds) {
    rules = Mutex((keys, policy))
    self.now = now
  }

  /// With one shared secret, and no policy.
  /// - Throws: ``GatewayError/weakTokenSecret(bytes:)``.
  public convenience init(secret: Secret, now: @escaping @Sendable () -> Microseconds) async throws(GatewayError) {
    self.init(keys: try await TokenKeys(secret: secret), now: now)
  }

  /// Other keys and another policy, from the next request on.
  public func replace(keys: TokenKeys, policy: TokenPolicy) { rules.withLock { $0 = (keys, policy) } }

  /// The user whom a token proves, where it is a staff token.
  /// - Parameter token: the token alone, without a scheme before it.
  /// - Returns: nil for a token that proves nothing, and for one of somebody who is no staff.
  public func staff(token: String) async -> String? {
    guard let caller = try? await caller(authorization: "JWT " + token), caller.isStaff, !caller.user.isEmpty else {
      return nil
    }
    return caller.user
  }

  /// Whom an Authorization header proves.
  func caller(authorization: String?) async throws(APIError) -> Caller {
    guard let authorization, !authorization.isEmpty else { throw refusal(.tokenMissing) }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, ["jwt", "bearer"].contains(parts[0].lowercased()) else { throw refusal(.tokenMissing) }
    let (keys, policy) = rules.withLock { $0 }
    let claims = try await claims(of: parts[1].trimmingPrefix(while: { $0 == " " }), provenBy: keys)
    try check(claims, policy)
    return Caller(user: claims.user, isStaff: policy.staffClaim.map(claims.granted.contains) ?? false)
  }

  private func claims(of token: Substring, provenBy keys: TokenKeys) async throws(APIError) -> TokenClaims {
    let bytes = Array(token.utf8)
    do {
      let header = try DefaultJWTParser().parse(bytes, as: TokenClaims.self).header
      // A `crit` asks for rules that are not known here (RFC 7515, 4.1.11).
      guard let algorithm = header.alg, header[dynamicMember: "crit"] == nil,
        let key = keys.key(id: header.kid, algorithm: algorithm)
      else { throw refusal(.tokenInvalid) }
      return try await key.keys.verify(bytes, as: TokenClaims.self)
    } catch {
      // The library's reason can quote the token, so that it is dropped.
      throw refusal(.tokenInvalid)
    }
  }

  private func check(_ claims: TokenClaims, _ policy: TokenPolicy) throws(APIError) {
    let seconds = Double(now()) / 1_000_000
    guard seconds < claims.expiry + Double(Self.leewaySeconds) else { throw refusal(.tokenExpired) }
    if let notBefore = claims.notBefore, seconds < notBefore - Double(Self.leewaySeconds) {
      throw refusal(.tokenInvalid, "The token is not valid yet. Check the clocks of both hosts.")
    }
    guard claims.type == nil || claims.type == "access" else {
      throw refusal(.tokenInvalid, "This is not an access token. Send the access token that sign-in gave.")
    }
    guard policy.audience.map(claims.audience.contains) ?? claims.audience.isEmpty else {
      throw refusal(.tokenInvalid, "The token is meant for another audience. Sign in for this service.")
    }
    guard policy.issuer == nil || claims.issuer == policy.issuer else {
      throw refusal(.tokenInvalid, "The token is from another issuer. Sign in where this service's users do.")
    }
  }

  private func refusal(_ code: ErrorCode, _ message: String? = nil) -> APIError {
    APIError(code, message, headers: [.wwwAuthenticate: "JWT"])
  }
}
