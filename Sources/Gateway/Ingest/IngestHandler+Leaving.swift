import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// How a connection ends: by the client, by its deadlines, by a broken request, or because the house stops.
extension IngestHandler {
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      if wire.isIdle { leave() }
    case is MakeRoom:
      if wire.shouldMakeRoom { leave() }
    case ChannelEvent.inputClosed:
      if sequence.owner == .router, held.isEmpty { context.fireUserInboundEventTriggered(event) }
      finishIfNothingFollows()
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !sequence.isOver, failure == nil else { return }
    // A client closed its side without TLS's goodbye, as many do. How long a request is, HTTP knows without it.
    if case .uncleanShutdown? = error as? NIOSSLError { return }
    guard let error = error as? HTTPParserError else {
      shared.logger.debug("Connection failed", metadata: ["error": "\(error)"])
      context.close(promise: nil)
      return
    }
    failure = error == .headerOverflow ? .headersTooLarge : .malformedRequest
    finishIfNothingFollows()
  }

  func channelInactive(context: ChannelHandlerContext) {
    sequence.end()
    abandonUnreadRequest()
    context.fireChannelInactive()
  }

  /// Tells the router that the rest of its request never comes. It would take the end of the connection for the end of
  /// the body, and act on half a request.
  private func abandonUnreadRequest() {
    guard sequence.owner == .router, sequence.isReading, !isAbandoned else { return }
    isAbandoned = true
    context?.fireErrorCaught(HTTPParserError.invalidEOFState)
  }

  /// Ends the connection if the last request that can be answered has been: behind it is a broken one, or nothing.
  func finishIfNothingFollows() {
    guard held.isEmpty, !sequence.isOver else { return }
    if let failure {
      guard sequence.owner == nil || sequence.isReading else { return }
      refuse(failure)
    } else if wire.isInputClosed, sequence.owner == nil {
      leave()
    }
  }

  /// The deadline of the request that is being read has passed.
  func requestIsLate() {
    refuse(.requestTimeout)
  }

  /// Nothing was asked for too long.
  func idleForTooLong() {
    leave()
  }

  /// Answers the request in turn with an error if it has no answer yet, and ends the connection.
  func refuse(_ code: ErrorCode) { refuse(APIError(code)) }

  /// Answers the request in turn with an error if it has no answer yet, and ends the connection.
  func refuse(_ error: APIError) {
    guard !sequence.isOver else { return }
    if sequence.owner == .ingest { shared.meters.refused.increment() }
    if sequence.answer == .none {
      wire.write(WireAnswer.encode(error, persistence: .close))
      leave()
    } else {
      // Half an answer is out; nothing may follow it.
      sequence.end()
      abandonUnreadRequest()
      context?.close(promise: nil)
    }
  }

  /// Ends the connection after what is written already.
  func leave() {
    sequence.end()
    abandonUnreadRequest()
    held.removeAll()
    callback = nil
    wire.leave()
  }
}
