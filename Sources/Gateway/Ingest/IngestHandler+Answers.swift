import NIOCore
import NIOHTTP1

/// The router's answers on their way out.
extension IngestHandler {
  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard sequence.owner == .router, !sequence.isOver else {
      // The request was refused meanwhile, for example because its body was late.
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let head) where head.status.code < 200:
      context.write(data, promise: promise)
    case .head(var head):
      if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
        sequence.stopKeepingAlive()
      }
      switch persistence() {
      case .implied: break
      case .keepAlive: head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
      case .close: head.headers.replaceOrAdd(name: "connection", value: "close")
      }
      sequence.answerBegan()
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      context.write(data, promise: promise)
      wire.answerWritten()
      if shared.connections.isDraining { sequence.stopKeepingAlive() }
      let next = sequence.answerEnded()
      if next == .takeNext, !held.isEmpty {
        // Not at once: Hummingbird is in the middle of its own write.
        context.eventLoop.assumeIsolated().execute { self.serveHeld() }
      } else {
        proceed(next)
      }
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    switch mode {
    case .input:
      context.close(mode: mode, promise: promise)
    case .output, .all:
      if sequence.isOver {
        // Already leaving; the connection closes when the client has had time to read.
        context.channel.closeFuture.cascade(to: promise)
      } else if sequence.owner == .router, sequence.answer == .none {
        // Hummingbird gave up on a request that it could not make sense of.
        refuse(.malformedRequest)
        context.channel.closeFuture.cascade(to: promise)
      } else if mode == .output {
        leave()
        promise?.succeed()
      } else {
        context.close(mode: mode, promise: promise)
      }
    }
  }
}
