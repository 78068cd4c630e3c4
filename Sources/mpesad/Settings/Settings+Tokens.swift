import Daraja

extension Settings {
  /// Which access tokens are believed.
  struct Tokens: Sendable {
    /// The shortest HS256 key, in bytes: as long as the tags made with it (RFC 7518 §3.2).
    static let leastSecretBytes = 32

    /// The HS256 key. Nil: without ``keysFile`` a key of its own is kept in the state directory.
    var secret: Secret?
    /// A public key (PEM) or a JWKS, for tokens that somebody else signs.
    var keysFile: String?
    /// What `iss` must be; nil for anything.
    var issuer: String?
    /// What `aud` must hold; nil: it must be absent.
    var audience: String?
    /// The claim that, when it is true, lets its user see everybody's payments; nil for none.
    var staffClaim: String?

    init(_ source: SettingsSource) throws {
      secret = try source.value(.jwtSecret, expected: "at least \(Self.leastSecretBytes) bytes long") {
        $0.utf8.count >= Self.leastSecretBytes ? Secret($0) : nil
      }
      keysFile = try source.value(.jwtKeysFile, expected: "an absolute path", SettingText.path)
      issuer = source.text(.jwtIssuer)
      audience = source.text(.jwtAudience)
      staffClaim = source.text(.jwtStaffClaim)
    }
  }
}
