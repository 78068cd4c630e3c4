import NIOCore

/// The address a delivery came from, as text.
enum PeerAddress {
  /// The address without its port; `local` for a Unix socket.
  ///
  /// A client that reaches an IPv6 socket over IPv4 is named by its IPv4 address, so that lists of addresses need one
  /// form only.
  static func text(of address: SocketAddress?) -> String {
    guard let text = address?.ipAddress else { return "local" }
    let mapped = "::ffff:"
    return text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
  }
}
