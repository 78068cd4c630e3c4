import NIOCore
import NIOHTTP1
import NIOTLS

/// Sits next to the socket, or next to TLS: sees the bytes before they are parsed, keeps the connection's deadlines, and writes answers
/// that are encoded already. The thin driver of ``ConnectionDeadlines``.
final class WireHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  /// Who answers a request that is late.
  weak var requests: IngestHandler?

  /// How long a client that seems late is given for what is on its way through the kernel.
  private static let secondLookAfter = TimeAmount.milliseconds(50)

  private let limits: ConnectionDeadlines.Limits
  private var deadlines: ConnectionDeadlines
  private var context: ChannelHandlerContext?
  private var timer: (at: NIODeadline, task: Scheduled<Void>)?
  private var isSecondLook = false
  private var accepted = 0
  private var isLeaving = false
  private var isOutputClosed = false
  private(set) var isInputClosed = false
  /// Whether nothing can be said to the client yet.
  private var isHandshaking: Bool

  /// - Parameter isSecured: whether TLS sits between this and the socket. The time of its handshake is time of the first
  ///   request's header.
  init(limits: ConnectionDeadlines.Limits, isSecured: Bool = false) {
    self.limits = limits
    isHandshaking = isSecured
    self.deadlines = ConnectionDeadlines(limits, openedAt: .now())
  }

  // MARK: For the handler of the requests

  /// Whether nothing is asked and nothing is owed.
  var isIdle: Bool { deadlines.isIdle }

  /// Whether the connection has been idle long enough to make room for others.
  var shouldMakeRoom: Bool { deadlines.shouldMakeRoom(at: .now()) }

  func noticed(_ part: HTTPServerRequestPart) {
    switch part {
    case .head: deadlines.headRead(at: .now())
    case .body: break
    case .end: deadlines.requestRead()
    }
  }

  func answerWritten() {
    deadlines.answerWritten(at: .now())
    rearm()
  }

  /// Writes bytes past the encoder. Only between the answers of others.
  func write(_ bytes: ByteBuffer) {
    accepted += bytes.readableBytes
    context?.writeAndFlush(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
  }

  /// Closes our side once all that was written is out, then reads on for a while: closing over unread bytes would reset
  /// the connection and take the answer with it (RFC 9112, 9.6).
  func leave() {
    guard let context, !isLeaving else { return }
    isLeaving = true
    if isHandshaking {
      // What is written now would wait for the handshake, perhaps for ever.
      context.close(promise: nil)
      return
    }
    deadlines.leavingBegan(sent: sent, at: .now())
    rearm()
    // Nothing, behind all that was written: when it is out, the rest is. Closing at once would drop what the kernel has
    // no room for.
    let isOut = context.eventLoop.makePromise(of: Void.self)
    isOut.futureResult.assumeIsolated().whenComplete { [self] _ in allIsOut() }
    context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: isOut)
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { opened() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    stop()
  }

  func channelActive(context: ChannelHandlerContext) {
    opened()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isLeaving else { return }
    deadlines.bytesRead(at: .now())
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    rearm()
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    deadlines.writabilityChanged(to: context.channel.isWritable, sent: sent, at: .now())
    rearm()
    context.fireChannelWritabilityChanged()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    accepted += unwrapOutboundIn(data).readableBytes
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { isHandshaking = false }
    if case .inputClosed? = event as? ChannelEvent {
      isInputClosed = true
      if isOutputClosed {
        context.close(promise: nil)
        return
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Deadlines

  private func opened() {
    deadlines = ConnectionDeadlines(limits, openedAt: .now())
    rearm()
  }

  private func stop() {
    timer?.task.cancel()
    timer = nil
    context = nil
  }

  private func allIsOut() {
    isOutputClosed = true
    guard let context else { return }
    if isInputClosed {
      context.close(promise: nil)
    } else {
      context.close(mode: .output, promise: nil)
      deadlines.outputClosed(at: .now())
      rearm()
    }
  }

  /// How many bytes the kernel has taken so far.
  private var sent: Int {
    let waiting = try? context?.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)
    return accepted - (waiting ?? 0)
  }

  /// Makes sure that a timer runs no later than the deadline. One that runs earlier is left alone: moving the timer
  /// with every request would cost more than one look at the clock now and then.
  private func rearm() {
    guard context != nil, let deadline = deadlines.deadline else { return }
    if let timer {
      guard !isSecondLook, deadline < timer.at else { return }
      timer.task.cancel()
    }
    schedule(at: deadline)
  }

  private func look() {
    guard let context else { return }
    let verdict = deadlines.check(sent: sent, at: .now())
    switch verdict {
    case .wait:
      isSecondLook = false
      rearm()
    case .requestLate, .idle:
      // If this process was held up, what the client sent in time may be waiting in the kernel: read it before judging.
      isSecondLook.toggle()
      if isSecondLook {
        schedule(at: .now() + Self.secondLookAfter)
      } else if verdict == .requestLate {
        requests?.requestIsLate()
      } else {
        requests?.idleForTooLong()
      }
    case .stalled, .lingered:
      context.close(promise: nil)
    }
  }

  private func schedule(at deadline: NIODeadline) {
    guard let context else { return }
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      self.timer = nil
      self.look()
    }
    timer = (deadline, task)
  }
}
