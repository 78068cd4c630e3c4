extension Settings {
  /// TLS in the daemon itself, for those without a proxy.
  struct TLS: Hashable, Sendable {
    /// The certificate and what leads from it to a trusted one, in PEM.
    var certificateFile: String
    /// Its private key, in PEM.
    var keyFile: String

    /// Nil where neither is set.
    static func read(_ source: SettingsSource) throws -> TLS? {
      let certificate = try source.value(.tlsCertificateFile, expected: "an absolute path", SettingText.path)
      let key = try source.value(.tlsKeyFile, expected: "an absolute path", SettingText.path)
      switch (certificate, key) {
      case (let certificate?, let key?): return TLS(certificateFile: certificate, keyFile: key)
      case (nil, nil): return nil
      default:
        throw SettingsError.contradiction(
          [.tlsCertificateFile, .tlsKeyFile], detail: "TLS needs a certificate and its key; set both, or neither")
      }
    }
  }
}
