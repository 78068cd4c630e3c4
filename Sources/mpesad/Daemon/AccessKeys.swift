import Crypto
import Daraja
import Foundation
import Gateway

/// The keys and rules of access tokens, as the settings have them.
struct AccessKeys: Sendable {
  /// The most that is read of a key file, in bytes: a hundred RSA keys as a JWKS have some 60 KiB.
  static let maximumFileBytes = 256 * 1024

  /// What tokens are checked with.
  let keys: TokenKeys
  /// What they must say.
  let policy: TokenPolicy
  /// What this installation signs tokens with itself.
  private let secret: Secret?
  /// Why the key of the state directory's own is not kept, and counts until the daemon ends; nil where it is.
  private(set) var problem: String?

  /// Reads the key file, or takes the secret; where neither is set, a key of the state directory's own.
  /// - Throws: `DaemonError` or `GatewayError`, saying what to do.
  init(_ settings: Settings) async throws {
    let tokens = settings.tokens
    policy = TokenPolicy(audience: tokens.audience, issuer: tokens.issuer, staffClaim: tokens.staffClaim)
    if let path = tokens.keysFile {
      secret = tokens.secret
      keys = try await TokenKeys(file: try Self.text(of: path), path: path, besides: tokens.secret)
    } else {
      let secret: Secret
      if let set = tokens.secret {
        secret = set
      } else {
        (secret, problem) = try Self.ownSecret(settings.stateDirectory)
      }
      self.secret = secret
      keys = try await TokenKeys(secret: secret)
    }
  }

  /// Makes tokens that these keys check.
  /// - Throws: ``DaemonError/onlyPublicKeys`` when there is nothing to sign with.
  func issuer(now: @escaping @Sendable () -> Microseconds) async throws -> TokenIssuer {
    guard let secret else { throw DaemonError.onlyPublicKeys }
    return try await TokenIssuer(secret: secret, policy: policy, now: now)
  }

  private static func text(of path: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: maximumFileBytes + 1)
    else {
      throw GatewayError.tokenKeys(path: path, detail: "the file cannot be read; check that mpesad may read it")
    }
    guard data.count <= maximumFileBytes, let text = String(validating: data, as: UTF8.self) else {
      throw GatewayError.tokenKeys(path: path, detail: "it is not text of at most \(maximumFileBytes) bytes")
    }
    return text
  }

  /// The key of the state directory's own. Where there is none and none can be written, as on a full disk, callbacks are worth more than
  /// tokens: one that is kept in memory serves until the next start or reload.
  private static func ownSecret(_ directory: String) throws -> (Secret, problem: String?) {
    try Daemon.prepare(directory)
    let path = directory + "/jwt.key"
    let known = try KeyFile.existing(at: path)
    let key = known ?? SymmetricKey(size: .bits256)
    var problem: String?
    if known == nil {
      do {
        try KeyFile.keep(key, at: path)
      } catch {
        problem = "No token is valid until there is a key: \(error)"
      }
    }
    return (Secret(key.withUnsafeBytes { Data($0).base64EncodedString() }), problem)
  }
}
