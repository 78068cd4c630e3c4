import NIOCore
import NIOPosix
import NIOSSL

/// One request over TLS, from an address of loopback that the test chooses, or over a socket that it brings.
enum TLSClient {
  struct NoAnswer: Error {}

  private typealias TLSChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  /// Sends a request and gives the status and the whole answer.
  static func send(
    _ method: String, _ path: String, body: String = "", headers: [(String, String)] = [], to port: Int,
    from address: String = "127.0.0.1", trusting tls: NIOSSLContext
  ) async throws -> (status: Int, answer: String) {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(to: try SocketAddress(ipAddress: address, port: 0))
      .connect(host: "127.0.0.1", port: port) { channel in prepared(channel, tls) }
    return try await exchange(method, path, body, headers, channel)
  }

  /// Sends a request over a connected socket, which it closes.
  static func send(
    _ method: String, _ path: String, body: String = "", over socket: Int32, trusting tls: NIOSSLContext
  ) async throws -> (status: Int, answer: String) {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .withConnectedSocket(socket) { channel in prepared(channel, tls) }
    return try await exchange(method, path, body, [], channel)
  }

  private static func prepared(_ channel: any Channel, _ tls: NIOSSLContext) -> EventLoopFuture<TLSChannel> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
      return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
    }
  }

  private static func exchange(
    _ method: String, _ path: String, _ body: String, _ headers: [(String, String)], _ channel: TLSChannel
  ) async throws -> (status: Int, answer: String) {
    return try await channel.executeThenClose { inbound, outbound in
      let fields =
        (headers + [("Host", "localhost"), ("Connection", "close"), ("Content-Length", "\(body.utf8.count)")])
        .map { "\($0.0): \($0.1)\r\n" }.joined()
      do {
        try await outbound.write(ByteBuffer(string: "\(method) \(path) HTTP/1.1\r\n\(fields)\r\n\(body)"))
      } catch ChannelError.ioOnClosedChannel {
        // A handshake that failed has closed it; reading tells why.
      }
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
