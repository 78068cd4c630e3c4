/// Everything that will happen to one push: a value, made once, that the driver plays. No clock, no randomness, no I/O.
///
/// Times are counted from the acceptance of the push and are not yet scaled by the pace.
struct Script: Sendable, Equatable {
  /// How the push request itself is answered.
  enum PushAnswer: Sendable, Equatable {
    case accepted
    /// The connection is closed without a byte.
    case dropped
    case empty(status: Int)
  }

  var story: Story
  var answer: PushAnswer
  /// Delivered, one after the other, before the push is answered.
  var beforeAnswer: [Delivery]
  /// Delivered at their times, in order.
  var deliveries: [Delivery]
  /// When the phone is free for another prompt.
  var promptEnds: Duration
  var queries: QueryPlan

  /// The script of `story` for `push`.
  ///
  /// - Parameter pace: scales the date of the payment, which goes over the wire, to the moment at which the callback is
  ///   really sent.
  /// - Parameter bareURL: where a stranger posts; nil for the CallBackURL without its last segment.
  init(story: Story, push: Push, delays: SimulatorDelays, pace: Double, bareURL: String? = nil) {
    let bodies = CallbackBodies(push: push, pace: pace)
    let answered = delays.customerAnswers
    let expired = delays.promptTimesOut
    func send(_ outcome: Outcome, at time: Duration) -> Delivery {
      Delivery(
        at: time, to: .callbackURL, url: push.callbackURL, code: outcome.code, body: bodies.of(outcome, at: time))
    }
    func ended(_ outcome: Outcome, at time: Duration) -> QueryPlan { QueryPlan(phases: [.init(from: time, outcome)]) }

    self.story = story
    answer = .accepted
    beforeAnswer = []
    promptEnds = answered
    deliveries = [send(.paid, at: answered)]
    queries = ended(.paid, at: answered)
    if push.partyMismatch {
      deliveries = [send(.wrongParty, at: answered)]
      queries = ended(.wrongParty, at: answered)
      return
    }

    switch story {
    case .pays: break
    case .cancels:
      deliveries = [send(.cancelled, at: answered)]
      queries = ended(.cancelled, at: answered)
    case .ignores:
      deliveries = [send(.unreachable, at: expired)]
      queries = ended(.unreachable, at: expired)
      promptEnds = expired
    case .noMoney:
      deliveries = [send(.insufficientFunds, at: answered)]
      queries = ended(.insufficientFunds, at: answered)
    case .wrongPIN:
      deliveries = [send(.wrongPIN, at: answered)]
      queries = ended(.wrongPIN, at: answered)
    case .callbackNever:
      deliveries = []
    case .callbackTwice:
      var second = send(.paid, at: answered)
      second.at += delays.duplicate
      deliveries.append(second)
    case .callbackFirst:
      beforeAnswer = [send(.paid, at: .zero)]
      deliveries = []
      queries = ended(.paid, at: .zero)
      promptEnds = .zero
    case .answerLost:
      answer = .dropped
    case .lateSuccess:
      let late = expired + delays.lateSuccess
      deliveries = [send(.unreachable, at: expired), send(.paid, at: late)]
      queries = QueryPlan(phases: [.init(from: expired, .unreachable), .init(from: late, .paid)])
      promptEnds = expired
    case .otherAmount:
      let other = push.amount > 1 ? push.amount - 1 : push.amount + 1
      deliveries[0].body = bodies.paid(at: answered, amount: other)
    case .stringCode:
      deliveries = [send(.badDebt, at: answered)]
      queries = ended(.badDebt, at: answered)
    case .rawLineFeed:
      deliveries[0].body = bodies.paidWithRawLineFeed(at: answered)
    case .blockPage:
      // Answered at the edge, before there is a push: see `Sandbox.push`. Nothing plays.
      deliveries = []
      queries = QueryPlan(phases: [])
      promptEnds = .zero
    case .emptyBody:
      answer = .empty(status: push.variation.emptyAnswerIsError ? 500 : 200)
    case .pendingThenFinal:
      deliveries = []
      queries.pendingFirst = QueryPlan.extraPending
    case .noiseAfterFinal:
      deliveries[0].at = delays.lateCallback
      queries.noiseAfterFinal = true
    case .forged:
      let forged = Delivery(
        at: delays.forgery, to: .bareAddress, url: bareURL ?? bareAddress(of: push.callbackURL),
        code: Outcome.paid.code,
        body: bodies.paid(at: delays.forgery, receipt: push.forgedReceipt))
      deliveries = [forged, send(.unreachable, at: expired)].sorted { $0.at < $1.at }
      queries = ended(.unreachable, at: expired)
      promptEnds = expired
    }
  }
}
