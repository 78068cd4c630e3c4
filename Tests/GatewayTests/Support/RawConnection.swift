import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TCP connection for clients that do not behave: sends any bytes, in any rhythm, and reads answers.
struct RawConnection {
  struct Closed: Error {}

  let channel: any Channel
  private var incoming: AsyncStream<ByteBuffer>.AsyncIterator
  private var unread = ByteBuffer()
  private let received: Received
  private var consumed = 0

  static func open(port: Int, tls: NIOSSLContext? = nil, receiveBuffer: Int? = nil) async throws -> RawConnection {
    let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
    let received = Received()
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      // NIOSSL's own goodbye takes five seconds where the other side may close alone.
      .channelOption(.allowRemoteHalfClosure, value: tls == nil)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
          }
          try channel.pipeline.syncOperations.addHandler(Reader(continuation: continuation, received: received))
        }
      }
    if let receiveBuffer { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer) }
    let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
    return RawConnection(channel: channel, incoming: stream.makeAsyncIterator(), received: received)
  }

  private init(channel: any Channel, incoming: AsyncStream<ByteBuffer>.AsyncIterator, received: Received) {
    self.channel = channel
    self.incoming = incoming
    self.received = received
  }

  /// Whether no byte has come that was not looked at yet.
  var hasNothing: Bool { received.bytes.load(ordering: .acquiring) == consumed }

  /// The sending half, for another task.
  struct Sender: Sendable {
    let channel: any Channel

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }
  }

  var sender: Sender { Sender(channel: channel) }

  func send(_ text: String) async throws { try await sender.send(text) }

  /// Like `send`, but a connection that the other side has closed is no error.
  func trySend(_ text: String) async { try? await send(text) }

  func closeOutput() async throws { try await channel.close(mode: .output) }

  func close() async { try? await channel.close() }

  /// Stops or resumes taking bytes from the kernel.
  func setReading(_ reads: Bool) async throws {
    try await channel.setOption(.autoRead, value: reads).get()
  }

  /// The next answer, whose length its header tells.
  /// - Parameter toHead: whether it answers a HEAD request and so has no body.
  mutating func answer(toHead: Bool = false) async throws -> Answer {
    while true {
      if let answer = parse(toHead: toHead) { return answer }
      guard var more = await incoming.next() else { throw Closed() }
      unread.writeBuffer(&more)
    }
  }

  /// What has come, at least one byte.
  mutating func some() async throws -> String {
    if unread.readableBytes == 0 {
      guard let more = await incoming.next() else { throw Closed() }
      unread = more
    }
    return unread.readString(length: unread.readableBytes) ?? ""
  }

  /// Everything up to the end of the connection.
  mutating func rest() async -> String {
    while var more = await incoming.next() { unread.writeBuffer(&more) }
    return unread.readString(length: unread.readableBytes) ?? ""
  }

  private mutating func parse(toHead: Bool) -> Answer? {
    let text = String(buffer: unread)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingPrefix(" ").description : ""
    }
    let length = toHead || status < 200 ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
    let rest = text[end.upperBound...]
    guard rest.utf8.count >= length else { return nil }
    let size = text[..<end.upperBound].utf8.count + length
    unread.moveReaderIndex(forwardBy: size)
    consumed += size
    return Answer(status: status, headers: headers, body: String(rest.utf8.prefix(length)) ?? "")
  }

  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let continuation: AsyncStream<ByteBuffer>.Continuation

    let received: Received

    init(continuation: AsyncStream<ByteBuffer>.Continuation, received: Received) {
      self.continuation = continuation
      self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      received.bytes.add(bytes.readableBytes, ordering: .acquiringAndReleasing)
      continuation.yield(bytes)
    }
    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      continuation.finish()
      context.close(promise: nil)
    }
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case ChannelEvent.inputClosed = event { continuation.finish() }
    }
  }

  private final class Received: Sendable {
    let bytes = Atomic(0)
  }
}
