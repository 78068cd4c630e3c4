/// The simulated API's mind: tokens, prompts, customers, limits and the record of what happened. It decides; sockets
/// are elsewhere.
actor Sandbox {
  /// What to do about a push request.
  enum PushDecision: Sendable {
    case answer(WireAnswer)
    case play(Push, Script)
  }

  private let configuration: SimulatorConfiguration
  private let clock: SimulatorClock
  private var mint: Mint
  private var desk: AccessDesk
  private var arrest: SpikeArrest
  private var prompts = PromptBook()
  private var customers = CustomerBook()
  private var log = EventLog()
  private var watchers: [Int: Watcher] = [:]
  private var nextWatcher = 0

  private struct Watcher {
    var wants: @Sendable (SimulatorEvent) -> Bool
    var found: Announcement<SimulatorEvent>
  }

  init(configuration: SimulatorConfiguration, seed: UInt64, clock: SimulatorClock) {
    self.configuration = configuration
    self.clock = clock
    mint = Mint(seed: seed)
    desk = AccessDesk(configuration: configuration)
    arrest = SpikeArrest(limit: configuration.queryLimit)
  }

  // MARK: The API

  func token(authorization: String?, grantType: String?) -> WireAnswer {
    if let page = blockPage() { return page }
    let fresh = mint.token()
    do {
      try desk.issue(authorization: authorization, grantType: grantType, fresh: fresh, now: clock.elapsed())
    } catch {
      return refuse(error, as: SimulatorEvent(.tokenRefused))
    }
    let answer = WireAnswer.token(fresh, lifetime: configuration.tokenLifetime)
    var event = SimulatorEvent(.tokenIssued)
    event.httpStatus = answer.status
    record(event)
    return answer
  }

  func push(authorization: String?, body: [UInt8]) -> PushDecision {
    if let page = blockPage() { return .answer(page) }
    var event = SimulatorEvent(.pushRefused)
    do {
      try desk.check(authorization: authorization, now: clock.elapsed())
      guard let members = JSONValue.object(in: body) else { throw Refusal.payload }
      let fields = try configuration.checkPush(members)
      let story = customers.story(of: fields.phone)
      event.story = story
      event.phone = fields.phone
      if story == .blockPage {
        // The firewall stands in front of M-Pesa, so neither its load nor the phone's other prompt matters.
        event.httpStatus = 403
        event.detail = "block page"
        record(event)
        return .answer(.blockPage(incident: mint.incident()))
      }
      let now = simulatedNow
      guard prompts.playing.count < SimulatorLimits.livePrompts else { throw Refusal.busy }
      guard !prompts.isLocked(phone: fields.phone, now: now) else { throw Refusal.subscriberLocked }

      let push = makePush(fields)
      let script = Script(
        story: story, push: push, delays: configuration.delays, pace: configuration.pace,
        bareURL: configuration.bareCallbackURL)
      prompts.open(.init(push: push, script: script, acceptedAt: now))
      event.kind = .pushAccepted
      event.checkoutRequestID = push.checkoutRequestID
      switch script.answer {
      case .accepted: event.httpStatus = 200
      case .dropped: event.detail = "connection closed without an answer"
      case .empty(let status):
        event.httpStatus = status
        event.detail = "empty body"
      }
      record(event)
      return .play(push, script)
    } catch let refusal as Refusal {
      return .answer(refuse(refusal, as: event))
    } catch {
      return .answer(refuse(.payload, as: event))
    }
  }

  func query(authorization: String?, body: [UInt8]) -> WireAnswer {
    if let page = blockPage() { return page }
    var event = SimulatorEvent(.queryRefused)
    do {
      try desk.check(authorization: authorization, now: clock.elapsed())
      if let stopped = overLimit(event) { return stopped }
      guard let members = JSONValue.object(in: body) else { throw Refusal.payload }
      let checkout = try configuration.checkQuery(members)
      event.checkoutRequestID = String(checkout.prefix(64))
      guard let (answer, prompt) = prompts.answer(about: checkout, now: simulatedNow) else {
        throw Refusal.unknownTransaction
      }
      let wire = WireAnswer.query(answer, about: prompt.push)
      event.kind = .queryAnswered
      event.phone = prompt.push.phone
      event.story = prompt.script.story
      event.httpStatus = wire.status
      switch answer {
      case .pending, .pendingReduced: event.resultCode = "4999"
      case .processing: event.errorCode = Refusal.processing.code
      case .final(let outcome): event.resultCode = outcome.code
      }
      record(event)
      return wire
    } catch let refusal as Refusal {
      return refuse(refusal, as: event)
    } catch {
      return refuse(.payload, as: event)
    }
  }

  func refusal(_ refusal: Refusal) -> WireAnswer { refusal.answer(requestID: mint.requestID()) }

  // MARK: What the driver reports

  func finished(_ checkoutRequestID: String) { prompts.finish(checkoutRequestID) }

  func delivered(_ delivery: Delivery, of push: Push, story: Story, result: DeliveryResult) {
    var event = SimulatorEvent(.callbackDelivered)
    event.story = story
    event.phone = push.phone
    event.checkoutRequestID = push.checkoutRequestID
    event.address = delivery.to.rawValue
    event.resultCode = delivery.code
    switch result {
    case .answered(let status): event.httpStatus = status
    case .failed(let reason):
      event.kind = .callbackFailed
      event.detail = reason
    }
    record(event)
  }

  // MARK: Control

  var events: [SimulatorEvent] { log.events }
  var droppedEvents: Int { log.dropped }
  var livePrompts: Int { prompts.playing.count }
  var programmed: [String: Story] { customers.programmed }

  func program(_ phone: String, _ story: Story) throws(SimulatorError) { try customers.program(phone, story) }
  func forget(_ phone: String) throws(SimulatorError) { try customers.forget(phone) }

  /// The first event, past or to come, that `wants` accepts. Throws `CancellationError` when the task is cancelled
  /// first.
  func event(where wants: @escaping @Sendable (SimulatorEvent) -> Bool) async throws -> SimulatorEvent {
    if let past = log.events.first(where: wants) { return past }
    let id = nextWatcher
    nextWatcher += 1
    let found = Announcement<SimulatorEvent>()
    watchers[id] = Watcher(wants: wants, found: found)
    defer { watchers[id] = nil }
    return try await found.value
  }

  // MARK: -

  private var simulatedNow: Duration { clock.elapsed() / configuration.pace }

  private func makePush(_ fields: PushFields) -> Push {
    var acceptedAt = clock.wall()
    let time = EastAfricaTime(microseconds: acceptedAt)
    // Two ids would be the same only for one phone in one millisecond; then the second takes the next millisecond.
    var checkout = Mint.checkoutRequestID(phone: fields.phone, at: acceptedAt)
    while prompts.knows(checkout) {
      acceptedAt += 1_000
      checkout = Mint.checkoutRequestID(phone: fields.phone, at: acceptedAt)
    }
    return Push(
      phone: fields.phone, amount: fields.amount, callbackURL: fields.callbackURL, partyMismatch: fields.partyMismatch,
      merchantRequestID: mint.merchantRequestID(), checkoutRequestID: checkout,
      acceptedAt: acceptedAt, receipt: mint.receipt(on: time), forgedReceipt: mint.receipt(on: time),
      variation: mint.variation())
  }

  private func blockPage() -> WireAnswer? {
    arrest.isBlocked(now: simulatedNow) ? .blockPage(incident: mint.incident()) : nil
  }

  private func overLimit(_ event: SimulatorEvent) -> WireAnswer? {
    var event = event
    let answer: WireAnswer
    switch arrest.judge(now: simulatedNow) {
    case .allowed: return nil
    case .fault:
      answer = .spikeArrest(configuration.queryLimit ?? QueryLimit())
      event.errorCode = "policies.ratelimit.SpikeArrestViolation"
    case .busy:
      answer = Refusal.busy.answer(requestID: mint.requestID())
      event.errorCode = Refusal.busy.code
    case .blocked:
      answer = .blockPage(incident: mint.incident())
      event.detail = "block page"
    }
    event.httpStatus = answer.status
    record(event)
    return answer
  }

  private func refuse(_ refusal: Refusal, as event: SimulatorEvent) -> WireAnswer {
    var event = event
    event.httpStatus = refusal.status
    event.errorCode = refusal.code
    event.detail = refusal.message
    record(event)
    return refusal.answer(requestID: mint.requestID())
  }

  private func record(_ event: SimulatorEvent) {
    let event = log.record(event, at: clock.wall())
    for watcher in watchers.values where watcher.wants(event) { watcher.found.announce(.success(event)) }
  }
}
