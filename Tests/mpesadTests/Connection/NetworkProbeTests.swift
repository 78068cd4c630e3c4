import NIOCore
import NIOPosix
import Testing

@testable import mpesad

/// The real probe over loopback sockets.
@Suite(.timeLimit(.minutes(1))) struct NetworkProbeTests {
  private static func listener(
    _ accept: @escaping @Sendable (any Channel) -> EventLoopFuture<Void> = { $0.eventLoop.makeSucceededVoidFuture() }
  ) async throws -> (any Channel, port: Int) {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer(accept).bind(host: "127.0.0.1", port: 0).get()
    return (channel, try #require(channel.localAddress?.port))
  }

  @Test func namesAndLiteralAddressesAreResolved() async throws {
    #expect(try await NetworkProbe().addresses(of: "127.0.0.1").get() == ["127.0.0.1"])
    #expect(try await !NetworkProbe().addresses(of: "localhost").get().isEmpty)
    // RFC 6761: a name that never resolves.
    guard case .failure = await NetworkProbe().addresses(of: "nowhere.invalid") else {
      return #expect(Bool(false), "a name under .invalid was resolved")
    }
  }

  @Test func anOpenPortIsToldFromAClosedOne() async throws {
    let (channel, port) = try await Self.listener()
    guard case .success = await NetworkProbe().connect(to: "127.0.0.1", port: port) else {
      return #expect(Bool(false), "an open port")
    }
    try await channel.close()
    guard case .failure(let failure) = await NetworkProbe().connect(to: "127.0.0.1", port: port) else {
      return #expect(Bool(false), "a closed port")
    }
    #expect(failure.detail.contains("refused"), "\(failure.detail)")
  }

  @Test func whatSpeaksNoTLSIsAFailureAndNoWait() async throws {
    // It answers the first bytes of the handshake with a text, and hangs up.
    let (channel, port) = try await Self.listener { child in
      child.eventLoop.makeCompletedFuture {
        try child.pipeline.syncOperations.addHandler(Rude())
      }
    }
    guard case .failure(let failure) = await NetworkProbe().certificateEnd(of: "127.0.0.1", port: port) else {
      return #expect(Bool(false), "no TLS is spoken there")
    }
    #expect(!failure.detail.isEmpty)
    try await channel.close()
    guard case .failure = await NetworkProbe().certificateEnd(of: "127.0.0.1", port: port) else {
      return #expect(Bool(false), "nobody listens there")
    }
  }

  private final class Rude: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")), promise: nil)
      context.close(promise: nil)
    }
  }
}
