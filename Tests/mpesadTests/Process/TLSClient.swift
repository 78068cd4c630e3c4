import NIOCore
import NIOPosix
import NIOSSL

/// One request over TLS, from an address of loopback that the test chooses.
enum TLSClient {
  struct NoAnswer: Error {}

  /// Sends a request and gives the status and the whole answer.
  static func send(
    _ method: String, _ path: String, body: String = "", headers: [(String, String)] = [], to port: Int,
    from address: String = "127.0.0.1", trusting tls: NIOSSLContext
  ) async throws -> (status: Int, answer: String) {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(to: try SocketAddress(ipAddress: address, port: 0))
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      let fields =
        (headers + [("Host", "localhost"), ("Connection", "close"), ("Content-Length", "\(body.utf8.count)")])
        .map { "\($0.0): \($0.1)\r\n" }.joined()
      try await outbound.write(ByteBuffer(string: "\(method) \(path) HTTP/1.1\r\n\(fields)\r\n\(body)"))
      var answer = ""
      do {
        for try await part in inbound { answer += String(buffer: part) }
      } catch NIOSSLError.uncleanShutdown where !answer.isEmpty {
        // The other side closed without TLS's goodbye; the answer is there.
      }
      guard let status = answer.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw NoAnswer() }
      return (status, answer)
    }
  }
}
