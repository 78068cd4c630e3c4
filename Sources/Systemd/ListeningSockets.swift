import CSystemd

#if canImport(Glibc)
  import Glibc
#endif

/// The sockets that the service manager listens on for this service and has passed to it (sd_listen_fds(3), systemd.socket(5)). They are
/// told apart by the name that the socket unit gives them (`FileDescriptorName=`).
///
/// Whoever takes one must never shut it down: the manager holds the same socket, and clients wait in its queue while nobody accepts.
/// Closing the descriptor closes this process's copy only.
public struct ListeningSockets: Sendable, Hashable {
  /// Where clients of a socket come from.
  public enum Family: Sendable, Hashable {
    /// TCP over IPv4 or IPv6.
    case internet
    /// This host, by way of a path.
    case unix
  }

  /// One passed socket.
  public struct Socket: Sendable, Hashable {
    /// Its name in the socket unit.
    public var name: String
    /// Its number in this process.
    public var descriptor: CInt

    /// A socket with this name and number.
    public init(name: String, descriptor: CInt) {
      self.name = name
      self.descriptor = descriptor
    }
  }

  /// All of them, in the order of the socket units.
  public let all: [Socket]

  /// These sockets.
  public init(_ all: [Socket]) { self.all = all }

  /// Takes what was passed to this process; nothing where it was started otherwise. The environment says nothing of it afterwards, so
  /// that no child process takes them for its own, and a second call finds nothing.
  /// - Throws: ``ListeningSocketError/unreadable(detail:)``.
  public static func passed() throws(ListeningSocketError) -> ListeningSockets {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = sd_listen_fds_with_names(1, &names)
    guard count >= 0 else { throw .unreadable(detail: String(cString: strerror(-count))) }
    defer {
      for index in 0..<Int(count) { free(names?[index]) }
      free(names)
    }
    return ListeningSockets(
      (0..<count).map { index in
        Socket(
          name: names?[Int(index)].map { String(cString: $0) } ?? "unknown",
          descriptor: SD_LISTEN_FDS_START + index)
      })
  }

  /// Makes sure that every socket has a name that the service knows.
  /// - Throws: ``ListeningSocketError/unknownName(_:known:)``: clients of a socket that nobody serves would wait for ever.
  public func expect(only known: [String]) throws(ListeningSocketError) {
    for socket in all where !known.contains(socket.name) { throw .unknownName(socket.name, known: known) }
  }

  /// The descriptors of the stream sockets of this name that listen, in order; a socket unit may listen on several addresses.
  /// - Throws: ``ListeningSocketError/unfit(_:wanted:)`` when one of this name is something else.
  public func listening(named name: String, _ family: Family) throws(ListeningSocketError) -> [CInt] {
    let sockets = all.filter { $0.name == name }
    for socket in sockets where !Self.isListening(socket.descriptor, family) { throw .unfit(socket, wanted: family) }
    return sockets.map(\.descriptor)
  }

  /// The descriptor of the one stream socket of this name that listens; nil where none was passed.
  /// - Throws: as ``listening(named:_:)``, and ``ListeningSocketError/several(_:count:)``.
  public func onlyListening(named name: String, _ family: Family) throws(ListeningSocketError) -> CInt? {
    let descriptors = try listening(named: name, family)
    guard descriptors.count <= 1 else { throw .several(name, count: descriptors.count) }
    return descriptors.first
  }

  private static func isListening(_ descriptor: CInt, _ family: Family) -> Bool {
    switch family {
    case .internet: sd_is_socket_inet(descriptor, AF_UNSPEC, Self.stream, 1, 0) > 0
    case .unix: sd_is_socket_unix(descriptor, Self.stream, 1, nil, 0) > 0
    }
  }

  private static let stream = CInt(SOCK_STREAM.rawValue)
}

/// Why passed sockets cannot be used.
public enum ListeningSocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the service manager says of them cannot be read.
  case unreadable(detail: String)
  /// The socket unit uses a name that the service does not know.
  case unknownName(String, known: [String])
  /// Only one socket of this name can be served.
  case several(String, count: Int)
  /// The socket of this name is of another kind.
  case unfit(ListeningSockets.Socket, wanted: ListeningSockets.Family)

  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .unreadable(let detail):
      "The sockets that were passed cannot be taken: \(detail). Check LISTEN_FDS and LISTEN_FDNAMES, or start the service without them."
    case .unknownName(let name, let known):
      "A socket named \"\(name)\" was passed; known are \(known.joined(separator: " and ")). "
        + "Set FileDescriptorName= in the socket unit."
    case .several(let name, let count):
      "\(count) sockets named \"\(name)\" were passed; one can be served. Leave one ListenStream= in the socket unit."
    case .unfit(let socket, let wanted):
      "The socket named \"\(socket.name)\" (descriptor \(socket.descriptor)) is no "
        + (wanted == .internet ? "TCP socket" : "Unix stream socket")
        + " that listens. Set ListenStream= in the socket unit that has FileDescriptorName=\(socket.name)."
    }
  }
}
