/// Why the daemon cannot start.
enum DaemonError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `code` is the system's error where it said one, as in errno(3); also below.
  case stateDirectory(path: String, detail: String, code: CInt? = nil)
  case keyFile(path: String, detail: String, code: CInt? = nil)
  case onlyPublicKeys
  case noStaffClaim
  case settingsKey(path: String, detail: String)

  /// What happened, where, and what to do next.
  var description: String {
    switch self {
    case .stateDirectory(let path, let detail, _):
      "The state directory \(path) cannot be used: \(Self.unended(detail)). Make it, let mpesad write to it, or set state_directory."
    case .onlyPublicKeys:
      "Tokens cannot be issued: jwt_keys_file holds public keys only. Let the shop's sign-in make them, or set jwt_secret too."
    case .noStaffClaim:
      "There are no staff tokens: jwt_staff_claim is not set. Set it to the claim that is true for staff, such as is_staff."
    case .keyFile(let path, let detail, _):
      "The key file \(path) cannot be used: \(detail). Restore it from a backup; a new key makes open callback addresses void."
    case .settingsKey(let path, let detail):
      "The settings key \(path) cannot be used: \(detail). Restore it from a backup; under a new key the sealed settings must be set again."
    }
  }

  /// A sentence of the system's without its full stop, to go on with.
  private static func unended(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }
}
