import Foundation
import NIOCore

/// One TCP connection that blocks, for threads inside a machine's network.
final class MachineConnection {
  /// What keeps a request from being answered.
  enum Failure: Error, Equatable {
    /// Nobody listened.
    case refused
    /// It was reset or closed before the answer was whole.
    case broken
    /// No answer in time.
    case late
    case other(String)
  }

  struct Answer: Sendable {
    var status: Int
    var body: String
    /// Whether the server said that it closes.
    var closes: Bool
  }

  private var descriptor: Int32
  private var received: [UInt8] = []

  /// - Parameter patience: how long each wait may take, in seconds.
  init(to port: Int, patience: Int = 60) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Self.failure() }
    var wait = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Self.failure() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Hands the connected socket over to somebody else, who closes it.
  func released() -> Int32 {
    defer { descriptor = -1 }
    return descriptor
  }

  /// Sends a request and waits for its answer.
  func exchange(_ request: ByteBuffer) throws -> Answer {
    try request.withUnsafeReadableBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let sent = send(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        guard sent > 0 else { throw Self.failure() }
        rest = rest.dropFirst(sent)
      }
    }
    while true {
      if let answer = takeAnswer() { return answer }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count != 0 else { throw Failure.broken }
      guard count > 0 else { throw Self.failure() }
      received += chunk[..<count]
    }
  }

  private func takeAnswer() -> Answer? {
    let gap = Array("\r\n\r\n".utf8)
    guard let end = received.firstRange(of: gap) else { return nil }
    let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased().split(
      whereSeparator: \.isNewline)
    let fields = Dictionary(
      lines.dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        return (parts.first ?? "", parts.last ?? "")
      }, uniquingKeysWith: { first, _ in first })
    let length = fields["content-length"].flatMap { Int($0) } ?? 0
    let body = received[end.upperBound...].prefix(length)
    guard body.count == length,
      let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) })
    else { return nil }
    received = Array(received[body.endIndex...])
    return Answer(
      status: status, body: String(decoding: body, as: UTF8.self), closes: fields["connection"] == "close")
  }

  private static func failure() -> Failure {
    switch errno {
    case ECONNREFUSED: .refused
    case ECONNRESET, EPIPE: .broken
    case EAGAIN, ETIMEDOUT, EINPROGRESS: .late
    default: .other(String(cString: strerror(errno)))
    }
  }
}
