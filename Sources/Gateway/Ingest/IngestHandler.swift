import NIOCore
import NIOHTTP1
import Payments
import Store

/// Takes callbacks straight from the HTTP decoder into the store, without router, task or JSON, and lets every other
/// request through to Hummingbird in its turn.
///
/// This is the hot path. It also owns the end of the connection, since only here is known which answer is the last one.
final class IngestHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  let shared: IngestContext
  let wire: WireHandler
  var context: ChannelHandlerContext?
  var sequence = RequestSequence()
  var held = HeldRequests()
  var callback: CallbackRequest?
  /// What is wrong with the request behind those that can be answered; told when they are.
  var failure: ErrorCode?
  /// Whether the router knows that the rest of its request never comes.
  var isAbandoned = false
  private var batch: AnswerBatch?
  /// The other end of the connection, and who calls through it now.
  private var peer = ClientAddress.unknown
  private var client = ClientAddress.unknown
  /// The same as text, which is wanted for each delivery.
  private var source = ""
  private var handedOver = NIODeadline.uptimeNanoseconds(0)
  private var isHTTP10 = false
  private var isServingHeld = false
  private var isReadWaiting = false

  init(shared: IngestContext, wire: WireHandler) {
    self.shared = shared
    self.wire = wire
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    wire.requests = self
    batch = shared.batches[context.eventLoop]
    peer = ClientAddress(peer: context.remoteAddress)
    client = peer
    source = client.description
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    held.removeAll()
    callback = nil
  }

  // MARK: Requests in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !sequence.isOver, failure == nil else { return }
    let part = unwrapInboundIn(data)
    wire.noticed(part)
    if held.isEmpty, isInTurn(part, context: context) {
      take(part, context: context)
    } else {
      held.append(part)
    }
  }

  func read(context: ChannelHandlerContext) {
    if held.isFull {
      isReadWaiting = true
    } else {
      context.read()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { serveHeld() }
    context.fireChannelWritabilityChanged()
  }

  /// A head waits for the answer before it, and for a client that does not take its answers; what follows a head
  /// belongs to the request in turn.
  private func isInTurn(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) -> Bool {
    if case .head = part { mayBegin(context) } else { true }
  }

  private func mayBegin(_ context: ChannelHandlerContext) -> Bool {
    sequence.owner == nil && context.channel.isWritable
  }

  private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
    if case .head(let head) = part {
      begin(head, context: context)
      return
    }
    guard sequence.owner == .ingest else {
      context.fireChannelRead(wrapInboundOut(part))
      if case .end = part { proceed(sequence.requestEnded()) }
      return
    }
    switch part {
    case .head: break
    case .body(var bytes):
      if callback?.append(&bytes) == false { refuseTooLarge() }
    case .end:
      proceed(sequence.requestEnded())
      complete(context: context)
    }
  }

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    // The decoder stops behind a request that asks for another protocol.
    let keepsAlive = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
    isHTTP10 = head.version.minor == 0
    guard let path = CallbackPath(target: head.uri) else {
      sequence.begin(.router, keepsAlive: keepsAlive)
      goOnIfExpected(head)
      context.fireChannelRead(wrapInboundOut(.head(head)))
      return
    }
    sequence.begin(.ingest, keepsAlive: keepsAlive)
    identify(head)
    let announced = head.headers.first(name: "content-length").flatMap(Int.init)
    let purpose = purpose(of: path, head.method)
    let request = CallbackRequest(purpose, announced: announced, limit: bodyLimit(for: purpose))
    callback = request
    if request.isTooLarge {
      refuseTooLarge()
    } else {
      goOnIfExpected(head)
    }
  }

  /// Finds out whose callback it is. Looked up for each, since the proxies can change under an open connection.
  private func identify(_ head: HTTPRequestHead) {
    let proxies = shared.proxies.current
    let found =
      proxies.contains(peer)
      ? ClientAddress(peer: peer, forwardedFor: head.headers["x-forwarded-for"], trusting: proxies) : peer
    guard found != client else { return }
    client = found
    source = found.description
  }

  private func purpose(of path: CallbackPath, _ method: HTTPMethod) -> CallbackRequest.Purpose {
    guard method == .POST else {
      return .refusal(APIError(.methodNotAllowed, headers: [.allow: "POST"]), withoutBody: method == .HEAD)
    }
    var proven: ProvenToken?
    var proof = CallbackRules.Proof.none
    if case .token(let token) = path {
      proven = shared.tokens.proven(by: token)
      proof = proven == nil ? .wrongToken : .token
    }
    if let refusal = shared.gate.refusal(of: client, proof, at: shared.timing.uptime()) {
      return .turnedAway(refusal, proof)
    }
    if proof == .wrongToken { shared.wrongTokens.note(at: shared.timing.uptime(), [.source: "\(source)"]) }
    return .delivery(token: proven, proof)
  }

  /// Known with the head, so that nothing of a body is taken that its address does not allow. What is dropped in any case takes no room.
  private func bodyLimit(for purpose: CallbackRequest.Purpose) -> Int {
    switch purpose {
    case .delivery(_, .token), .turnedAway, .refusal: shared.bodyLimit
    case .delivery: min(shared.bodyLimit, shared.unprovenBodyLimit)
    }
  }

  private func refuseTooLarge() {
    guard let callback else { return }
    if let proof = callback.proof { shared.gate.counts.note(source, proof, isRefused: true, at: shared.timing.now()) }
    refuse(callback.tooLarge)
  }

  private func goOnIfExpected(_ head: HTTPRequestHead) {
    guard !isHTTP10, let expected = head.headers.first(name: "expect"), expected.lowercased() == "100-continue"
    else { return }
    wire.write(WireAnswer.goOn)
  }

  /// The callback is complete: it is refused, or goes to the store.
  private func complete(context: ChannelHandlerContext) {
    guard let callback, !sequence.isOver else { return }
    self.callback = nil
    switch callback.purpose {
    case .refusal(let error, let withoutBody):
      shared.meters.refused.increment()
      answer(WireAnswer.encode(error, persistence: persistence(), withoutBody: withoutBody))
    case .turnedAway(let error, let proof):
      shared.meters.refused.increment()
      shared.gate.counts.note(source, proof, isRefused: true, at: shared.timing.now())
      answer(WireAnswer.encode(error, persistence: persistence()))
    case .delivery(let token, let proof):
      let now = shared.timing.now()
      shared.gate.counts.note(source, proof, isRefused: false, at: now)
      let delivery = NewDelivery(body: callback.body, receivedAt: now, source: source, token: token)
      let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
      let batch = batch ?? AnswerBatch(loop: context.eventLoop)
      handedOver = .now()
      shared.store.append(delivery) { result in batch.add(result, for: handler) }
    }
  }

  // MARK: Answers out

  /// The store has answered. On the event loop.
  func committed(_ result: Result<Acceptance, StoreError>) {
    shared.meters.count(result, after: .now() - handedOver)
    guard context != nil, !sequence.isOver else { return }
    switch result {
    case .success:
      answer(shared.accepted[persistence()])
    case .failure(let error):
      shared.refusedByStore.note(at: shared.timing.uptime(), [.error: "\(error)"])
      answer(WireAnswer.encode(APIError(error), persistence: persistence()))
    }
  }

  private func answer(_ bytes: ByteBuffer) {
    wire.write(bytes)
    wire.answerWritten()
    proceed(sequence.answerEnded())
  }

  /// What the answer about to be written says about the connection.
  func persistence() -> WireAnswer.Persistence {
    if shared.connections.isDraining { sequence.stopKeepingAlive() }
    guard sequence.keepsAlive else { return .close }
    return isHTTP10 ? .keepAlive : .implied
  }

  /// Acts on what a step of the request in turn led to.
  func proceed(_ next: RequestSequence.Next) {
    switch next {
    case .wait: break
    case .takeNext: serveHeld()
    case .close: leave()
    }
  }

  /// Serves held requests until one must be waited for.
  func serveHeld() {
    guard !isServingHeld, let context else { return }
    isServingHeld = true
    var passedOn = false
    while !sequence.isOver, !held.beginsRequest || mayBegin(context), let part = held.popFirst() {
      take(part, context: context)
      passedOn = passedOn || sequence.owner == .router
    }
    isServingHeld = false
    if passedOn { context.fireChannelReadComplete() }
    finishIfNothingFollows()
    if isReadWaiting, !held.isFull {
      isReadWaiting = false
      context.read()
    }
  }
}
