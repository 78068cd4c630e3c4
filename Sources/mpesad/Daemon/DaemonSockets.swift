import Systemd

/// The sockets that systemd listens on for the daemon, so that a restart refuses nobody. Without systemd there are none, and the daemon
/// makes its own.
struct DaemonSockets: Sendable, Hashable {
  /// The names that the socket units give them (`FileDescriptorName=`).
  private enum Name {
    static let http = "http"
    static let admin = "admin"
  }

  /// Where callbacks, shops and shoppers come in: one for each address.
  var http: [CInt] = []
  /// Where operators' commands come in.
  var admin: CInt?

  /// The daemon makes its own.
  init() {}

  /// What was passed to this process.
  /// - Throws: `ListeningSocketError`, naming what is wrong with it.
  init(_ passed: ListeningSockets) throws {
    try passed.expect(only: [Name.http, Name.admin])
    http = try passed.listening(named: Name.http, .internet)
    admin = try passed.onlyListening(named: Name.admin, .unix)
  }

  /// The addresses behind ``http`` where the setting `listen` says another one; nil where it agrees, or does not matter.
  func addresses(insteadOf listen: String) -> String? {
    let addresses = http.compactMap { SocketName.text(of: $0) }
    return http.isEmpty || addresses.contains(listen) ? nil : addresses.joined(separator: ", ")
  }
}
