import Foundation

/// The socket of a service manager that listens to notices.
final class NotifySocket {
  struct Failed: Error {
    let call: String
    let code: CInt
  }

  /// The longest message that is read, in bytes.
  private static let maximumBytes = 8_192

  let path = NSTemporaryDirectory() + "notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  private let descriptor: CInt

  init() throws {
    descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failed(call: "socket", code: errno) }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard UnixAddress.bind(descriptor, to: path) == 0 else { throw Failed(call: "bind", code: errno) }
  }

  /// The next message; nil when none comes for ten seconds.
  func next() -> String? {
    var bytes = [UInt8](repeating: 0, count: Self.maximumBytes)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  deinit {
    close(descriptor)
    unlink(path)
  }
}

/// The address of a Unix socket.
enum UnixAddress {
  static func bind(_ descriptor: CInt, to path: String) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
