import Foundation

/// A listening socket that is handed to a daemon as systemd would hand it over, and kept open here while daemons come and go.
struct PassedSocket {
  struct Failed: Error {
    let call: String
    let code = errno
  }

  let name: String
  let descriptor: CInt

  /// A TCP socket on a free port of loopback.
  static func http() throws -> PassedSocket {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return try listening("http", descriptor, &address)
  }

  /// A Unix socket at this path, with the mode that its unit gives it.
  static func admin(_ path: String, mode: mode_t) throws -> PassedSocket {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let passed = try listening("admin", descriptor, &address)
    guard chmod(path, mode) == 0 else { throw Failed(call: "chmod") }
    return passed
  }

  func named(_ name: String) -> PassedSocket { PassedSocket(name: name, descriptor: descriptor) }

  func close() { _ = Foundation.close(descriptor) }

  /// A TCP socket's port.
  var port: Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Puts what comes as standard input and output where systemd puts passed sockets, and runs the rest as the process that they are for.
  static func wrapper(for sockets: [PassedSocket]) -> [String] {
    guard !sockets.isEmpty else { return [] }
    let moves = sockets.count == 1 ? "exec 3<&0 0</dev/null" : "exec 3<&0 4<&1 0</dev/null 1>&2"
    let names = sockets.map(\.name).joined(separator: ":")
    return [
      "/bin/sh", "-c",
      "\(moves); export LISTEN_PID=$$ LISTEN_FDS=\(sockets.count) LISTEN_FDNAMES=\(names); exec \"$@\"", "sh",
    ]
  }

  private static func listening<Address>(
    _ name: String, _ descriptor: CInt, _ address: inout Address
  ) throws -> PassedSocket {
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard bound == 0, listen(descriptor, 4_096) == 0 else { throw Failed(call: "bind") }
    return PassedSocket(name: name, descriptor: descriptor)
  }
}
