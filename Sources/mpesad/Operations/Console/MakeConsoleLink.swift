/// Makes a one-time link into the console, for the one who asks.
struct MakeConsoleLink: Operation {
  static let name = "console.link"

  /// What its user may do.
  var role: ConsoleRole

  func perform(at desk: OperatorDesk) async throws -> ConsoleLink {
    guard let links = desk.links else {
      throw OperationError(.unavailable, "Only a running daemon has a console.")
    }
    let settings = desk.settings.current
    guard settings.isConsoleOpen else {
      throw OperationError(
        .refused,
        "The console is closed. Open it with `mpesad set-mpesa-credentials --setting mpesa_console=open`.")
    }
    let secret = links.make(for: desk.actor, role: role, at: desk.timing.now())
    desk.audit.operated(desk.actor, "made a link into the console for the role \(role.rawValue)")
    let host = settings.listenHost.contains(":") ? "[\(settings.listenHost)]" : settings.listenHost
    return ConsoleLink(
      address: "\(settings.tls == nil ? "http" : "https")://\(host):\(settings.listenPort)", secret: secret)
  }
}

/// A one-time link, in its parts.
struct ConsoleLink: Codable, Sendable {
  /// Where the daemon listens.
  var address: String
  /// The proof. It stands behind the `#`, which browsers keep to themselves.
  var secret: String

  /// The link, at another public address where one is given.
  func text(at other: String?) -> String { "\(other ?? address)/console/login#\(secret)" }
}
