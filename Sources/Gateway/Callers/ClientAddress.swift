public import NIOCore

/// Who is at the other end: the peer of the connection or, behind a trusted proxy, the client that the proxy names.
public enum ClientAddress: Hashable, Sendable, CustomStringConvertible {
  case ip(IPAddress)
  /// A client of a Unix socket.
  case local
  /// The system no longer knows; the connection is gone already.
  case unknown

  /// The peer of a connection.
  public init(peer: SocketAddress?) {
    guard let peer else {
      self = .unknown
      return
    }
    self = IPAddress(peer).map { .ip($0) } ?? .local
  }

  /// Reads what ``description`` wrote.
  public init(text: String) {
    self = IPAddress(text).map { .ip($0) } ?? (text == AddressList.localEntry ? .local : .unknown)
  }

  /// Who calls through this peer.
  ///
  /// Only what a trusted proxy added is believed. Each proxy appends the address it was called from at the right, so the
  /// list is read from the right, for as long as its entries are trusted proxies themselves; whatever stands further
  /// left, anybody could have written. An entry that is no address ends the reading too: the last good one stands.
  ///
  /// RFC 7239's `Forwarded` is not read: the proxies in use pass a client's own on unchanged unless they are told
  /// otherwise, so that believing both would let everybody choose an address.
  ///
  /// - Parameters:
  ///   - forwardedFor: the X-Forwarded-For fields, in the order they came.
  ///   - proxies: whose word is believed.
  public init(
    peer: ClientAddress, forwardedFor fields: some BidirectionalCollection<some StringProtocol>,
    trusting proxies: AddressList
  ) {
    self = peer
    guard proxies.contains(peer) else { return }
    for field in fields.reversed() {
      for entry in field.split(separator: ",", omittingEmptySubsequences: false).reversed() {
        guard let address = Self.address(in: entry) else { return }
        self = .ip(address)
        guard proxies.contains(self) else { return }
      }
    }
  }

  /// An entry of X-Forwarded-For: an address, which some proxies write with its port, and IPv6 then in brackets.
  private static func address(in entry: some StringProtocol) -> IPAddress? {
    var text = Substring(entry)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    if text.first == "[" {
      guard let end = text.lastIndex(of: "]"), isPort(text[text.index(after: end)...]) else { return nil }
      return IPAddress(text[text.index(after: text.startIndex)..<end])
    }
    if let colon = text.firstIndex(of: ":"), text[text.index(after: colon)...].firstIndex(of: ":") == nil {
      guard isPort(text[colon...]) else { return nil }
      return IPAddress(text[..<colon])
    }
    return IPAddress(text)
  }

  /// Nothing, or a colon and digits.
  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty
      || (text.first == ":" && (2...6).contains(text.utf8.count)
        && text.utf8.dropFirst().allSatisfy { (48...57).contains($0) })
  }

  /// The address without a port; `local` for a Unix socket.
  public var description: String {
    switch self {
    case .ip(let address): address.description
    case .local: AddressList.localEntry
    case .unknown: "unknown"
    }
  }
}
