/// Why the gateway cannot run.
public enum GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The address is taken, not ours, or not allowed. `code` is the system's error where it said one, as in errno(3).
  case cannotListen(on: String, detail: String, code: CInt? = nil)
  /// The listening socket closed although nobody asked for it.
  case listenerClosed(on: String)
  /// The gateway stopped before it listened.
  case stopped
  /// The secret that signs tokens is too short to be one.
  case weakTokenSecret(bytes: Int)
  /// The file of public keys that check tokens cannot be used.
  case tokenKeys(path: String, detail: String)

  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .cannotListen(let address, let detail, _):
      "Cannot listen on \(address): \(detail). Stop what uses the port, or configure another listen address."
    case .listenerClosed(let address):
      "The listening socket on \(address) closed by itself. Restart mpesad; if it happens again, "
        + "check the limit of open files."
    case .stopped: "The gateway stopped before it listened."
    case .weakTokenSecret(let bytes):
      "The token secret has \(bytes) bytes; HS256 needs at least \(TokenKey.minimumSecretBytes). "
        + "Make one with: openssl rand -base64 48"
    case .tokenKeys(let path, let detail):
      "The token keys in \(path) (jwt_keys_file) cannot be used: \(detail)."
    }
  }
}
