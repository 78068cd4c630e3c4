import Daraja
import Payments
import Reconciliation
import Synchronization

/// Safaricom in a simulated world: prompts customers, loses answers, and remembers what is true.
final class SimulatedSafaricom: DarajaAPI {
  /// One push that reached Safaricom.
  struct Prompt {
    var token: ProvenToken
    var transaction: TransactionID { token.id }
    var checkoutRequestID: String
    var phone: MSISDN
    var pushedAt: Microseconds
    /// Nil when nobody was prompted.
    var customer: Customer?
    var random: SeededRandom

    var paid: Bool { customer?.pays ?? false }

    func result(at now: Microseconds) -> ResultCode? {
      customer?.result(after: Double(now - pushedAt) / 1_000_000)
    }
  }

  private struct State {
    var prompts: [TransactionID: Prompt] = [:]
    var violations: [String] = []
    var questions: [Microseconds] = []
  }

  private let seed: UInt64
  private let tokens: CallbackTokens
  private let time: SimulatedTime
  private let state = Mutex(State())
  /// Hands a callback to the post: when, what, to which transaction's address (nil: the bare one), and whether it may get lost.
  private let post: @Sendable (Microseconds, String, ProvenToken?, _ mayGetLost: Bool) async -> Void
  /// Has the program work while Safaricom's own answer is still on its way.
  private let meanwhile: @Sendable () async -> Void

  init(
    seed: UInt64, tokens: CallbackTokens, time: SimulatedTime,
    post: @escaping @Sendable (Microseconds, String, ProvenToken?, _ mayGetLost: Bool) async -> Void,
    meanwhile: @escaping @Sendable () async -> Void
  ) {
    self.seed = seed
    self.tokens = tokens
    self.time = time
    self.post = post
    self.meanwhile = meanwhile
  }

  var prompts: [TransactionID: Prompt] { state.withLock(\.prompts) }
  var violations: [String] { state.withLock(\.violations) }

  /// Forgets when it was asked: a program that starts anew has a full budget.
  func newStart() { state.withLock { $0.questions = [] } }

  // MARK: Push

  func push(_ request: STKPushRequest) async -> PushOutcome {
    guard let token = request.callbackURL.split(separator: "/").last, let proven = tokens.proven(by: token) else {
      accuse("a push with the address \(request.callbackURL)")
      return .rejected(DarajaFailure(kind: .invalidRequest, message: "Invalid CallBackURL", field: "CallBackURL"))
    }
    let id = proven.id
    var random = SeededRandom(seed: seed &* 31 &+ UInt64(id.number))
    let fate = Double.random(in: 0..<1, using: &random)
    let customer = Customer(&random)
    var prompt = Prompt(
      token: proven, checkoutRequestID: "ws_CO_\(seed)_\(id)", phone: request.phone, pushedAt: time.now,
      customer: nil, random: random)
    let failure = DarajaFailure.timeout
    switch fate {
    case ..<0.05:
      enter(prompt)
      return .rejected(
        DarajaFailure(kind: .invalidRequest, httpStatus: 400, code: "400.002.02", message: "Bad Request"))
    case ..<0.10:
      enter(prompt)
      return .busy(.spikeArrest, retryAfter: .seconds(12))
    case ..<0.15:
      enter(prompt)
      return .uncertain(failure)
    default:
      prompt.customer = customer
      await sendCallbacks(of: &prompt, customer, amount: request.amount)
      enter(prompt)
    }
    // Some callbacks are there before the answer to the push; some answers never come.
    if fate > 0.8 {
      time.advance(to: time.now + .seconds(customer.decidesAfter + 1))
      await meanwhile()
    }
    return fate < 0.3
      ? .uncertain(failure)
      : .accepted(merchantRequestID: "M\(id)", checkoutRequestID: prompt.checkoutRequestID, customerMessage: nil)
  }

  private func enter(_ prompt: Prompt) {
    state.withLock { state in
      if state.prompts[prompt.transaction] != nil {
        state.violations.append("transaction \(prompt.transaction) was pushed twice")
      }
      for other in state.prompts.values
      where other.phone == prompt.phone && other.customer != nil && prompt.customer != nil {
        if other.result(at: prompt.pushedAt) == nil {
          state.violations.append("\(other.transaction) and \(prompt.transaction) are live on one phone")
        }
      }
      state.prompts[prompt.transaction] = prompt
    }
  }

  private func sendCallbacks(of prompt: inout Prompt, _ customer: Customer, amount: Amount) async {
    let decided = prompt.pushedAt + .seconds(customer.decidesAfter)
    let first = customer.result(after: customer.decidesAfter) ?? "1037"
    await send(first, at: decided, of: &prompt, customer, amount: amount, mayGetLost: true)
    guard let late = customer.paysLateAfter else { return }
    // A success that nobody hears of after a refusal that everybody heard of cannot be found out by a query that is never due.
    await send(.success, at: prompt.pushedAt + .seconds(late), of: &prompt, customer, amount: amount, mayGetLost: false)
  }

  private func send(
    _ code: ResultCode, at moment: Microseconds, of prompt: inout Prompt, _ customer: Customer, amount: Amount,
    mayGetLost: Bool
  ) async {
    let received = customer.deed == .paysAnotherAmount ? Amount(cents: amount.cents + 100) : amount
    let named = prompt.random.happens(0.9) || code == .success ? prompt.checkoutRequestID : nil
    let body =
      code == .success
      ? CallbackBodies.paid(
        named, receipt: "R\(prompt.transaction)X", amount: received.description, phone: prompt.phone)
      : CallbackBodies.refused(named, code: code.text)
    var copies = 1
    var delay = Double.random(in: 0.05..<5, using: &prompt.random)
    var bare = false
    switch Double.random(in: 0..<1, using: &prompt.random) {
    case ..<0.2 where mayGetLost: copies = 0
    case ..<0.3: copies = Int.random(in: 2...3, using: &prompt.random)
    case ..<0.4: delay = Double.random(in: 60..<4_000, using: &prompt.random)
    case ..<0.45 where mayGetLost: bare = true
    default: break
    }
    for _ in 0..<copies {
      await post(moment + .seconds(delay), body, bare ? nil : prompt.token, mayGetLost)
      delay += Double.random(in: 0..<30, using: &prompt.random)
    }
  }

  // MARK: Query

  func query(checkoutRequestID: String) async -> QueryOutcome {
    let now = time.now
    let (answer, disturb) = state.withLock { state in
      state.questions.append(now)
      let recent = state.questions.count { $0 > now - QueryBudget.sandbox.interval }
      if recent > 1 { state.violations.append("\(recent) questions within 12 s, at \(now)") }
      guard let id = state.prompts.values.first(where: { $0.checkoutRequestID == checkoutRequestID })?.transaction,
        var prompt = state.prompts[id]
      else {
        state.violations.append("a question about \(checkoutRequestID), which does not exist")
        return (QueryOutcome.noInformation(.noInformation), false)
      }
      defer { state.prompts[id] = prompt }
      return (Self.answer(&prompt, at: now), prompt.random.happens(0.3))
    }
    if disturb {
      time.advance(to: time.now + .seconds(3))
      await meanwhile()
    }
    return answer
  }

  private static func answer(_ prompt: inout Prompt, at now: Microseconds) -> QueryOutcome {
    let noise: [QueryOutcome] = [
      .noInformation(.noInformation), .noInformation(.timeout), .noInformation(.serverError),
      .noInformation(.spikeArrest), .noInformation(.blockPage), .pending(description: nil),
      .final("7777", description: nil),
    ]
    guard let code = prompt.result(at: now) else {
      return prompt.random.happens(0.7) ? .pending(description: nil) : .noInformation(.noInformation)
    }
    if prompt.random.happens(0.4), let answer = noise.randomElement(using: &prompt.random) { return answer }
    return .final(code, description: nil)
  }

  private func accuse(_ what: String) { state.withLock { $0.violations.append(what) } }
}
