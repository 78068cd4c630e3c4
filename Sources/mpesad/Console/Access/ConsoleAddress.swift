/// Where a browser on the daemon's own host finds the console.
struct ConsoleAddress: Hashable, Sendable {
  /// An address of this host that leads there.
  let host: String
  let port: Int

  /// - Parameter host: what is listened on: an address, perhaps a wildcard; nil where it is not known.
  init(host: String?, port: Int) {
    // A wildcard is no place to go to; it includes loopback.
    self.host = host.flatMap { ["0.0.0.0", "::"].contains($0) ? nil : $0 } ?? "localhost"
    self.port = port
  }

  /// As the first part of an address.
  func base(hasTLS: Bool) -> String {
    "\(hasTLS ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  /// What brings it to another host.
  func tunnel(through name: String) -> String {
    let target = host.contains(":") ? "[\(host)]" : host
    return "ssh -L \(port):\(target):\(port) \(name)"
  }
}
