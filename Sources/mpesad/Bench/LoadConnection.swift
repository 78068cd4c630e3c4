import Dispatch
import NIOCore

/// One client of a load run on one keep-alive connection: sends a request, reads its answer, sends the next.
final class LoadConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let run: LoadRun
  private let load: CallbackLoad
  private var received = ByteBuffer()
  private var request: (index: Int, due: UInt64)?

  init(run: LoadRun, load: CallbackLoad) {
    self.run = run
    self.load = load
  }

  func channelActive(context: ChannelHandlerContext) { sendNext(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var chunk = unwrapInboundIn(data)
    if received.readableBytes == 0 { received = chunk } else { received.writeBuffer(&chunk) }
    while let status = AnswerHead.takeAnswer(from: &received) {
      guard let request else { return run.fail("an answer without a request") }
      self.request = nil
      run.answered(request.index, status: status, after: DispatchTime.now().uptimeNanoseconds - request.due)
      sendNext(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if let request { run.lost(request.index) }
    run.finished()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    run.fail("\(error)")
    context.close(promise: nil)
  }

  private func sendNext(_ context: ChannelHandlerContext) {
    let now = DispatchTime.now().uptimeNanoseconds
    switch run.next(at: now) {
    case .send(let index, let due):
      request = (index, due)
      context.writeAndFlush(wrapOutboundOut(load.request(index)), promise: nil)
    case .wait(let nanoseconds):
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .nanoseconds(Int64(nanoseconds))) {
        let (connection, context) = bound.value
        connection.sendNext(context)
      }
    case .stop: context.close(promise: nil)
    }
  }
}
