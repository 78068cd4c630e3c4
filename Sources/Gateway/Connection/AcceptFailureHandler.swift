import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// Pauses accepting while the process or the system has no descriptor left for another connection.
///
/// Without it the event loop would be woken again at once and fail again, for as long as somebody waits. Clients wait in the kernel's backlog
/// meanwhile, and idle connections are asked for their place. Accepting goes on when as many descriptors are free as the rest of the program may
/// need at once: the first ones to be free are not for those who wait.
final class AcceptFailureHandler: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// How often it is looked for free descriptors while there were none.
  static let interval = TimeAmount.milliseconds(200)
  /// How long nothing is said after it was said that accepting pauses.
  static let quiet = TimeAmount.minutes(1)

  /// What accepting goes on with.
  private let headroom: Int
  private let connections: Connections
  private let logger: Logger
  private var looking: RepeatedTask?
  private var spoke: NIODeadline?
  private var isEnding = false

  init(headroom: Int, connections: Connections, logger: Logger) {
    self.headroom = headroom
    self.connections = connections
    self.logger = logger
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
      context.fireErrorCaught(error)
      return
    }
    guard looking == nil, !isEnding else { return }
    tell(error)
    setAutoRead(false, context)
    let listener = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    looking = context.eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
      listener.value.handler.look(context: listener.value.context)
    }
  }

  func read(context: ChannelHandlerContext) {
    // Whoever asks meanwhile is served when the pause ends.
    if looking == nil { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is AcceptingEnds {
      isEnding = true
      stopLooking()
    }
    context.fireUserInboundEventTriggered(event)
  }

  func handlerRemoved(context: ChannelHandlerContext) { stopLooking() }

  private func look(context: ChannelHandlerContext) {
    // Where nobody can say how many are free, accepting tells.
    guard DescriptorLimit.free.map({ $0 >= headroom }) ?? (connections.count == 0) else {
      connections.tell(MakeRoom())
      return
    }
    stopLooking()
    setAutoRead(true, context)
  }

  private func stopLooking() {
    looking?.cancel()
    looking = nil
  }

  /// On its own event loop this takes effect at once. It fails only for a listener that is closed, where nothing is left to pause.
  private func setAutoRead(_ value: Bool, _ context: ChannelHandlerContext) {
    _ = context.channel.setOption(.autoRead, value: value)
  }

  private func tell(_ error: IOError) {
    let now = NIODeadline.now()
    if let spoke, now < spoke + Self.quiet { return }
    spoke = now
    logger.warning(
      "No descriptor is left for another connection; new clients wait. Raise LimitNOFILE= of the service, or lower connection_limit.",
      metadata: ["error": "\(error)", "open": "\(connections.count)"])
  }
}

/// Told to a listener before it is closed: nothing makes it accept again.
struct AcceptingEnds: Sendable {}
