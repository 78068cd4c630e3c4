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
    let place = await desk.listening?() ?? ConsoleAddress(host: settings.listenHost, port: settings.listenPort)
    let secret = links.make(for: desk.actor, role: role, at: desk.timing.uptime())
    desk.audit.operated(desk.actor, "made a link into the console for the role \(role.rawValue)")
    return ConsoleLink(
      address: place.base(hasTLS: settings.tls != nil), publicAddress: settings.checkout.base,
      port: place.port, host: place.host, secret: secret)
  }
}

/// A one-time link, in its parts.
struct ConsoleLink: Codable, Sendable {
  /// Where a browser on the daemon's host finds it.
  var address: String
  /// Where shoppers reach the same daemon; nil where they do not. A proxy there may pass on less than the console.
  var publicAddress: String?
  /// What the daemon listens on.
  var port: Int
  var host: String
  /// The proof. It stands behind the `#`, which browsers keep to themselves.
  var secret: String

  /// The link, at another public address where one is given.
  func text(at other: String?) -> String { "\(other ?? publicAddress ?? address)/console/login#\(secret)" }

  /// How to come to it from elsewhere, without its secret.
  /// - Parameter host: the name of the daemon's host.
  func directions(from host: String) -> String {
    """
    It lets one person in, once, within 10 minutes.
    From another machine, or where a proxy does not pass the console on: `\(ConsoleAddress(host: self.host, port: port).tunnel(through: host))`,
    then the same link at \(address.replacing(self.host.contains(":") ? "[\(self.host)]" : self.host, with: "localhost")).
    """
  }
}
