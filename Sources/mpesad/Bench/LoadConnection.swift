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
      var buffer = context.channel.allocator.buffer(capacity: 1_024)
      load.write(index, into: &buffer)
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
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

/// Just enough HTTP to read the answers of one's own server: a status, a Content-Length, a body.
enum AnswerHead {
  /// Removes one whole answer from the front of the buffer.
  /// - Returns: its status, or nil while it is not complete.
  static func takeAnswer(from buffer: inout ByteBuffer) -> Int? {
    let view = buffer.readableBytesView
    guard let end = endOfHead(view) else { return nil }
    let head = String(decoding: view[view.startIndex..<end], as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
    let length = lines.dropFirst().lazy.compactMap { line -> Int? in
      let field = line.split(separator: ":", maxSplits: 1)
      guard field.count == 2, field[0].lowercased() == "content-length" else { return nil }
      return Int(field[1].drop { $0 == " " })
    }.first
    let total = end - view.startIndex + (length ?? 0)
    guard buffer.readableBytes >= total else { return nil }
    buffer.moveReaderIndex(forwardBy: total)
    return status
  }

  private static func endOfHead(_ view: ByteBufferView) -> Int? {
    var matched = 0
    let pattern: [UInt8] = [13, 10, 13, 10]
    for index in view.indices {
      matched = view[index] == pattern[matched] ? matched + 1 : view[index] == pattern[0] ? 1 : 0
      if matched == pattern.count { return index + 1 }
    }
    return nil
  }
}
