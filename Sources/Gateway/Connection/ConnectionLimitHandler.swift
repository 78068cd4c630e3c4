import Logging
import NIOCore

/// Told to every connection while others wait for room: who has been idle for a while makes room.
struct MakeRoom: Sendable {}

/// Pauses accepting while the limit of connections is reached.
///
/// New clients then wait in the kernel's backlog instead of being refused: a callback is delivered once, and one that
/// waits is not lost. Meanwhile connections that are merely kept alive are asked for their place once a second, and
/// those that never finish a request fall to their deadlines. The limit may be exceeded by what one wake-up of the
/// listener accepts beyond the first, see ``acceptBurst``.
final class ConnectionLimitHandler: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// How many connections one wake-up of the listener may accept: few, so that established ones are not kept waiting.
  static let acceptBurst = 4
  /// How often idle connections are asked for their place while the limit is reached.
  static let makeRoomInterval = TimeAmount.seconds(1)

  private let limit: ConnectionLimit
  private let connections: Connections
  private let logger: Logger
  private var open = 0
  private var isPaused = false
  private var asking: RepeatedTask?

  init(limit: ConnectionLimit, connections: Connections, logger: Logger) {
    self.limit = limit
    self.connections = connections
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = unwrapInboundIn(data)
    open += 1
    let listener = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    channel.closeFuture.hop(to: context.eventLoop).whenComplete { _ in
      listener.value.handler.closed(context: listener.value.context)
    }
    context.fireChannelRead(data)
  }

  func read(context: ChannelHandlerContext) {
    guard open >= limit.current else {
      context.read()
      return
    }
    guard !isPaused else { return }
    isPaused = true
    logger.warning(
      "Connection limit reached; new clients wait. Raise the limit if these are honest clients.",
      metadata: ["limit": "\(limit.current)"])
    askForRoom(context: context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    asking?.cancel()
    asking = nil
  }

  private func closed(context: ChannelHandlerContext) {
    open -= 1
    resume(context: context)
  }

  private func resume(context: ChannelHandlerContext) {
    guard isPaused, open < limit.current else { return }
    isPaused = false
    asking?.cancel()
    asking = nil
    context.read()
  }

  private func askForRoom(context: ChannelHandlerContext) {
    let listener = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    asking = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.makeRoomInterval) {
      [connections] _ in
      connections.tell(MakeRoom())
      // There is room also when the limit was raised meanwhile.
      listener.value.handler.resume(context: listener.value.context)
    }
  }
}
