import Gateway
import Logging

extension Reloading.Part {
  /// The certificate and the key of TLS, also where a restart is needed before they are used: what is wrong with them is to be known before it.
  /// - Parameter identity: what the daemon speaks TLS with; nil where it does not.
  static func tls(_ identity: TLSIdentity?, logger: Logger) -> Self {
    Self { _, wanted in
      guard let files = wanted.tls else { return nil }
      let renewed = try TLSIdentity(
        certificateFile: files.certificateFile, keyFile: files.keyFile, logger: logger)
      return Reloading.Prepared(name: "the TLS certificate \(files.certificateFile) and its key") {
        identity?.adopt(renewed)
      }
    }
  }

  /// The keys of access tokens, and what tokens must say.
  static func tokens(_ authenticator: Authenticator) -> Self {
    Self { settings, _ in
      let access = try await AccessKeys(settings)
      return Reloading.Prepared(name: settings.tokens.keysFile.map { "the token keys \($0)" } ?? "the token key") {
        authenticator.replace(keys: access.keys, policy: access.policy)
      }
    }
  }
}
