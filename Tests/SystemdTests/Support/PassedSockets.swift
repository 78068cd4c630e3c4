import Foundation

/// Plays the service manager that passes sockets.
enum PassedSockets {
  enum Kind: Sendable {
    case internet, unix
    /// TCP, but nobody listens.
    case silent
    case datagram
    case file

    func open() throws -> CInt {
      switch self {
      case .internet: return try listening(bound(SOCK_STREAM))
      case .silent: return try bound(SOCK_STREAM)
      case .datagram: return try bound(SOCK_DGRAM)
      case .file: return Foundation.open("/dev/null", O_RDONLY)
      case .unix:
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let path = NSTemporaryDirectory() + "passed-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard UnixAddress.bind(descriptor, to: path) == 0 else {
          throw NotifySocket.Failed(call: "bind", code: errno)
        }
        unlink(path)
        return try listening(descriptor)
      }
    }

    private func bound(_ type: __socket_type) throws -> CInt {
      let descriptor = socket(AF_INET, CInt(type.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw NotifySocket.Failed(call: "bind", code: errno) }
      return descriptor
    }

    private func listening(_ descriptor: CInt) throws -> CInt {
      guard listen(descriptor, 16) == 0 else { throw NotifySocket.Failed(call: "listen", code: errno) }
      return descriptor
    }
  }

  /// Puts sockets where systemd puts them in this process, and says so in its environment. Only in a process of one's own: whatever was
  /// open there is lost.
  static func pass(_ kinds: [Kind], names: String) throws {
    // Made above all places first, so that none is overwritten by another.
    let made = try kinds.map { kind in
      let descriptor = try kind.open()
      defer { close(descriptor) }
      return fcntl(descriptor, F_DUPFD, 100)
    }
    for (index, descriptor) in made.enumerated() {
      dup2(descriptor, CInt(3 + index))
      close(descriptor)
    }
    setenv("LISTEN_PID", "\(getpid())", 1)
    setenv("LISTEN_FDS", "\(kinds.count)", 1)
    setenv("LISTEN_FDNAMES", names, 1)
  }
}
