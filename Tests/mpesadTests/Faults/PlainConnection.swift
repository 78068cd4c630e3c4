import Foundation
import NIOCore

@testable import mpesad

/// A connection to the daemon that blocks its thread: one request, one answer.
final class PlainConnection {
  private let descriptor: CInt

  /// - Returns: nil when nobody listens.
  init?(port: Int, timeout seconds: Int = 5) {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// - Returns: the status; nil when the connection ended or the time was up before the answer.
  func exchange(_ request: ByteBuffer) -> Int? {
    let bytes = Array(request.readableBytesView)
    guard send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else { return nil }
    var received = ByteBuffer()
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      received.writeBytes(chunk[..<count])
      if let status = AnswerHead.takeAnswer(from: &received) { return status }
    }
  }

  /// The status that one GET is answered with.
  static func get(_ path: String, port: Int) -> Int? {
    guard let connection = PlainConnection(port: port) else { return nil }
    return connection.exchange(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))
  }
}
