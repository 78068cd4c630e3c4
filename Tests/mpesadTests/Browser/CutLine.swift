import NIOCore
import NIOPosix
import Synchronization

/// A line between browser and daemon that tests cut: it passes bytes on, and can be made to lose what passes.
final class CutLine: Sendable {
  /// What comes through.
  enum Passing: Sendable {
    case everything
    /// All but requests for the events of a page.
    case noEvents
    case nothing
  }

  private struct State {
    var passing = Passing.everything
    var open: [ObjectIdentifier: any Channel] = [:]
    var refusedEvents = 0
  }

  private let state = Mutex(State())

  /// How many requests for events were cut off.
  var refusedEvents: Int { state.withLock { $0.refusedEvents } }

  /// Opens a line to a port of this machine for as long as `body` takes, which is given the line's own port.
  static func use(to port: Int, _ body: (CutLine, Int) async throws -> Void) async throws {
    let line = CutLine()
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { line.accept($0, to: port) }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      try await body(line, server.localAddress?.port ?? 0)
    } catch {
      try await line.end(server)
      throw error
    }
    try await line.end(server)
  }

  private func end(_ server: any Channel) async throws {
    cut(.nothing)
    try await server.close()
  }

  /// Breaks every connection, and lets through what is said from now on.
  func cut(_ passing: Passing) {
    let broken = state.withLock { state in
      state.passing = passing
      defer { state.open = [:] }
      return state.open.values
    }
    for channel in broken { channel.close(promise: nil) }
  }

  private func accept(_ browser: any Channel, to port: Int) -> EventLoopFuture<Void> {
    guard state.withLock({ $0.passing != .nothing }) else { return browser.close() }
    // On the browser's loop, so that bytes keep their order.
    return ClientBootstrap(group: browser.eventLoop).connect(host: "127.0.0.1", port: port).flatMap { daemon in
      self.state.withLock { $0.open[ObjectIdentifier(browser)] = browser }
      return browser.pipeline.addHandler(Passer(to: daemon) { self.passes($0) }).and(
        daemon.pipeline.addHandler(Passer(to: browser) { _ in true })
      ).map { _ in }
    }
  }

  private func passes(_ bytes: ByteBuffer) -> Bool {
    state.withLock { state in
      let isForEvents = String(buffer: bytes).prefix(200).contains("/events")
      if isForEvents, state.passing == .noEvents { state.refusedEvents += 1 }
      return state.passing == .everything || (state.passing == .noEvents && !isForEvents)
    }
  }
}

/// Writes what it reads to another channel, and closes it with its own.
private final class Passer: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let other: any Channel
  private let passes: @Sendable (ByteBuffer) -> Bool

  init(to other: any Channel, passes: @escaping @Sendable (ByteBuffer) -> Bool) {
    self.other = other
    self.passes = passes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    guard passes(bytes) else { return context.close(promise: nil) }
    other.writeAndFlush(bytes, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    other.close(promise: nil)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
