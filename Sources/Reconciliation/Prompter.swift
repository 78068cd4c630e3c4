public import Daraja
public import Payments
public import Store

/// Sends prompts: commits the intent, pushes, and commits what Safaricom answered.
public struct Prompter: Prompting {
  /// How often the answer to a push is offered to a store that cannot commit while the caller waits. Then the caller is answered, and it is
  /// offered on.
  static let attemptsWhileWaiting = 8
  /// Between two attempts after that, in microseconds.
  static let longestWait: Microseconds = 5_000_000
  /// How many follow: two days, after which nobody would be asked about the payment any more.
  static let attemptsBehindIt = 34_560

  private let store: any PaymentStore
  private let daraja: any DarajaAPI
  private let tokens: CallbackTokens
  private let callbackBase: String
  private let rules: AdmissionRules
  private let schedule: QuerySchedule
  private let timing: Timing
  private let audit: Audit

  /// - Parameter callbackBase: the public address that a transaction's token is appended to, without a trailing slash.
  public init(
    store: any PaymentStore, daraja: any DarajaAPI, tokens: CallbackTokens, callbackBase: String,
    rules: AdmissionRules, schedule: QuerySchedule, timing: Timing, audit: Audit
  ) {
    self.store = store
    self.daraja = daraja
    self.tokens = tokens
    self.callbackBase = callbackBase
    self.rules = rules
    self.schedule = schedule
    self.timing = timing
    self.audit = audit
  }

  public func prompt(order id: OrderID, phone: MSISDN, by user: String) async throws -> PromptResult {
    let clock = timing.reading()
    let opening = try await store.openPush(
      order: id, phone: phone, createdBy: user, rules: rules,
      firstQueryAt: schedule.first(after: clock.now, chance: timing.chance()) ?? clock.now, at: clock)
    switch opening {
    case .noSuchOrder: return .noSuchOrder
    case .refused(.alreadyOpen(let open)):
      guard let transaction = try await store.transaction(open) else { return .noSuchOrder }
      return .alreadyOpen(transaction)
    case .refused(let admission): return .refused(admission)
    case .opened(let transaction, let order):
      audit.opened(transaction)
      // A task of its own: a shopper who closes the page must not cut off a push that has left.
      return await Task { await push(transaction, for: order) }.value
    }
  }

  private func push(_ transaction: Transaction, for order: Order) async -> PromptResult {
    let request: STKPushRequest
    do {
      request = try STKPushRequest(
        amount: transaction.amount, phone: transaction.phone,
        callbackURL: "\(callbackBase)/\(tokens.token(for: transaction.token))/",
        accountReference: order.reference.isEmpty
          ? Self.name(of: order, prefix: "ORDER", limit: STKPushRequest.maximumAccountReferenceLength)
          : order.reference,
        description: Self.name(of: order, prefix: "Order ", limit: STKPushRequest.maximumDescriptionLength),
        maximum: rules.maximum)
    } catch {
      let failure = DarajaFailure(
        kind: .invalidRequest, message: String(describing: error), field: error.field.rawValue)
      return .rejected(
        await commit(.rejected(code: nil, detail: failure.message, ours: false), to: transaction), failure)
    }
    switch await daraja.push(request) {
    case .accepted(let merchantRequestID, let checkoutRequestID, let customerMessage):
      let answer = PushAnswer.accepted(merchantRequestID: merchantRequestID, checkoutRequestID: checkoutRequestID)
      return .sent(await commit(answer, to: transaction), customerMessage: customerMessage)
    case .uncertain(let failure):
      return .uncertain(await commit(.uncertain(detail: failure.description), to: transaction))
    case .rejected(let failure):
      return .rejected(await commit(rejection(failure), to: transaction), failure)
    case .busy(let failure, let retryAfter):
      return .busy(await commit(rejection(failure), to: transaction), failure, retryAfter: retryAfter)
    }
  }

  /// The order's number behind a word, where both fit into the field.
  private static func name(of order: Order, prefix: String, limit: Int) -> String {
    let name = prefix + String(order.id.number)
    return name.utf8.count <= limit ? name : String(order.id.number)
  }

  private func rejection(_ failure: DarajaFailure) -> PushAnswer {
    if failure.kind == .subscriberLocked { return .locked(code: failure.code, detail: failure.description) }
    let ours = failure.kind == .credentials || failure.kind == .notSubscribed || failure.kind == .invalidToken
    return .rejected(code: failure.code, detail: failure.description, ours: ours)
  }

  /// Commits the answer. If the store cannot, it is kept in memory and offered until the store takes it or closes: with it Safaricom's name
  /// for the payment would be gone, without which nobody can be asked about it.
  private func commit(_ answer: PushAnswer, to transaction: Transaction) async -> Transaction {
    for attempt in 1...Self.attemptsWhileWaiting {
      switch await offer(answer, to: transaction) {
      case .committed(let settled): return settled
      case .impossible: return transaction
      case .later where attempt < Self.attemptsWhileWaiting: try? await timing.sleep(.milliseconds(250 * attempt))
      case .later: break
      }
    }
    Task {
      for _ in 0..<Self.attemptsBehindIt {
        try? await timing.sleep(.microseconds(Self.longestWait))
        guard case .later = await offer(answer, to: transaction) else { return }
      }
    }
    return transaction
  }

  private enum Offer { case committed(Transaction), later, impossible }

  private func offer(_ answer: PushAnswer, to transaction: Transaction) async -> Offer {
    do {
      let settled = try await store.settle(
        transaction.id, with: .pushAnswer(answer), nextQueryAt: transaction.nextQueryAt, at: timing.now())
      guard let settled else { return .impossible }
      audit.record(settled.decision, before: settled.before)
      return .committed(settled.decision.transaction)
    } catch StoreError.closed {
      // The process ends. The next start marks the push as uncertain; the callback's token finds it.
      return .impossible
    } catch {
      audit.trouble("The answer to the push of transaction \(transaction.id) is not committed yet.", error)
      return .later
    }
  }
}

/// Marks pushes whose answer was never recorded because the program ended: they may be live, and are never sent again by themselves. Those
/// that were certainly not sent, since the commit of their intent had an unknown outcome, are marked as refused by us.
/// - Returns: how many there were.
public func markUnansweredPushes(in store: any PaymentStore, at now: Microseconds, audit: Audit) async throws -> Int {
  let page = 256
  var marked = 0
  while true {
    let found = try await store.unansweredPushes(limit: page)
    let unsent = try await store.unsentPushes(limit: page)
    for transaction in found {
      let answer =
        unsent.contains(transaction.id)
        ? PushAnswer.rejected(code: nil, detail: "the disk failed before the prompt was sent.", ours: true)
        : PushAnswer.uncertain(detail: "the program ended before the answer was recorded.")
      let settled = try await store.settle(
        transaction.id, with: .pushAnswer(answer), nextQueryAt: transaction.nextQueryAt, at: now)
      if let settled { audit.record(settled.decision, before: settled.before) }
      marked += 1
    }
    if !unsent.isEmpty { try await store.forgetUnsentPushes(Array(unsent)) }
    if found.count < page { return marked }
  }
}
