import Daraja
import Payments
import Reconciliation
import Store
import Testing

@Suite("Prompter: intent first, one push, its answer kept", .timeLimit(.minutes(1)))
struct PrompterTests {
  private let phone: MSISDN
  private let other: MSISDN

  init() throws {
    phone = try MSISDN(House.phone)
    other = try MSISDN("0711111111")
  }

  // MARK: What Safaricom answers

  struct Answered: Sendable, CustomTestStringConvertible {
    var name: String
    var outcome: PushOutcome
    var push: PushState
    var status: PaymentStatus
    var reason: Reason?
    var testDescription: String { name }
  }

  static let outcomes: [Answered] = [
    Answered(
      name: "accepted",
      outcome: .accepted(merchantRequestID: "M1", checkoutRequestID: "ws_CO_9", customerMessage: "Look at your phone."),
      push: .accepted, status: .pending),
    Answered(name: "uncertain", outcome: .uncertain(.timeout), push: .uncertain, status: .pending),
    Answered(
      name: "rejected",
      outcome: .rejected(
        DarajaFailure(kind: .invalidRequest, httpStatus: 400, code: "400.002.02", message: "Bad Request")),
      push: .rejected, status: .failed, reason: .pushRejected),
    Answered(
      name: "rejected for our own settings", outcome: .rejected(.credentials), push: .rejected, status: .failed,
      reason: .configuration),
    Answered(
      name: "busy", outcome: .busy(.spikeArrest, retryAfter: .seconds(12)), push: .rejected, status: .failed,
      reason: .pushRejected),
  ]

  @Test("Each outcome is committed and told", arguments: outcomes)
  func outcome(_ row: Answered) async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(push: { _ in row.outcome })
      let order = try await house.order()
      let result = try await house.prompter(daraja).prompt(order: order, phone: phone, by: "7")
      let told = try #require(result.transaction)
      #expect(try await house.transaction(told.id) == told)
      #expect(told.push == row.push)
      #expect(told.status == row.status)
      #expect(told.reason == row.reason)
      #expect(told.orderID == order)
      #expect(await daraja.pushes.count == 1)
      switch (row.outcome, result) {
      case (.accepted(let merchant, let checkout, let message), .sent(_, let customerMessage)):
        #expect(told.checkoutRequestID == checkout)
        #expect(told.merchantRequestID == merchant)
        #expect(customerMessage == message)
      case (.uncertain, .uncertain): #expect(told.nextQueryAt == .at(30), "it is asked about as scheduled")
      case (.rejected(let failure), .rejected(_, let why)): #expect(why == failure)
      case (.busy(let failure, let wait), .busy(_, let why, let retryAfter)):
        #expect(why == failure)
        #expect(retryAfter == wait)
      default: Issue.record("\(row.outcome) became \(result)")
      }
    }
  }

  // MARK: What the guard says

  @Test("There is no such order: nothing is sent")
  func noSuchOrder() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let result = try await house.prompter(daraja).prompt(order: OrderID(99), phone: phone, by: "7")
      #expect(result == .noSuchOrder)
      #expect(await daraja.pushes.isEmpty)
    }
  }

  @Test("The order's prompt is live: it is named, nothing is sent; after its lifetime another may be")
  func alreadyOpen() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja(push: { _ in .uncertain(.timeout) })
      let prompter = house.prompter(daraja)
      let order = try await house.order()
      let first = try #require(try await prompter.prompt(order: order, phone: phone, by: "7").transaction)
      house.clock.advance(by: 119.9)
      let again = try await prompter.prompt(order: order, phone: other, by: "7")
      #expect(again == .alreadyOpen(first))
      #expect(await daraja.pushes.count == 1)
      house.clock.advance(by: 0.1)
      let second = try await prompter.prompt(order: order, phone: phone, by: "7")
      #expect(second.transaction?.id != first.id)
      #expect(await daraja.pushes.count == 2)
    }
  }

  @Test("Another order's prompt is live on this phone: it says until when")
  func phoneBusy() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let prompter = house.prompter(daraja)
      _ = try await prompter.prompt(order: house.order(), phone: phone, by: "7")
      let other = try await prompter.prompt(order: house.order(), phone: phone, by: "7")
      #expect(other == .refused(.phoneBusy(until: .at(120))))
      #expect(await daraja.pushes.count == 1)
    }
  }

  @Test("The order is paid: it says by which transaction")
  func orderPaid() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let prompter = house.prompter(daraja)
      let order = try await house.order()
      let payer = try #require(try await prompter.prompt(order: order, phone: phone, by: "7").transaction?.id)
      _ = try await house.store.settle(
        payer, with: .queryAnswer(.result(.success, description: nil)), nextQueryAt: nil, at: house.clock.now)
      #expect(try await prompter.prompt(order: order, phone: phone, by: "7") == .refused(.orderPaid(by: payer)))
      #expect(await daraja.pushes.count == 1)
    }
  }

  @Test("A person is to rule on the order's money first")
  func orderInReview() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let prompter = house.prompter(daraja)
      let order = try await house.order()
      let doubtful = try #require(try await prompter.prompt(order: order, phone: phone, by: "7").transaction?.id)
      _ = try await house.store.settle(doubtful, with: .queryAnswer(.pending), nextQueryAt: nil, at: house.clock.now)
      #expect(
        try await prompter.prompt(order: order, phone: phone, by: "7") == .refused(.orderInReview(doubtful)))
      #expect(await daraja.pushes.count == 1)
    }
  }

  @Test("Amounts that no prompt can ask for", arguments: [150, 99, 25_000_100] as [Int64])
  func amountNotPromptable(cents: Int64) async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let result = try await house.prompter(daraja).prompt(order: house.order(cents: cents), phone: phone, by: "7")
      #expect(result == .refused(.amountNotPromptable))
      #expect(await daraja.pushes.isEmpty)
    }
  }

  @Test("A reference that Daraja would refuse fails here, with the field named, and nothing is sent")
  func badReference() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let result = try await house.prompter(daraja).prompt(
        order: house.order(reference: "much too long for it"), phone: phone, by: "7")
      guard case .rejected(let transaction, let failure) = result else {
        Issue.record("\(result)")
        return
      }
      #expect(transaction.status == .failed)
      #expect(failure.field == "AccountReference")
      #expect(await daraja.pushes.isEmpty)
    }
  }

  // MARK: What is sent

  @Test("The push holds the order's amount and reference, and the transaction's own callback address")
  func whatIsSent() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let result = try await house.prompter(daraja).prompt(
        order: house.order(cents: 250_000, reference: "INV-42"), phone: phone, by: "7")
      let proven = try #require(result.transaction?.token)
      let sent = try #require(await daraja.pushes.first)
      #expect(sent.amount == Amount(cents: 250_000))
      #expect(sent.phone.digits == House.phone)
      #expect(sent.accountReference == "INV-42")
      #expect(sent.callbackURL == "https://pay.example/callback/\(house.tokens.token(for: proven))/")
      let token = try #require(sent.callbackURL.split(separator: "/").last)
      #expect(house.tokens.proven(by: token) == proven && proven.nonce != nil)
    }
  }

  @Test(
    "A prompt may ask for as much as the rules allow, also above Safaricom's published limit",
    arguments: [
      (30_000_000, 50_000_000, true), (50_000_000, 50_000_000, true), (50_000_100, 50_000_000, false),
      (25_000_100, 25_000_000, false), (7_000_100, 7_000_000, false),
    ] as [(Int64, Int64, Bool)])
  func maximum(cents: Int64, maximum: Int64, isSent: Bool) async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let rules = AdmissionRules(maximum: Amount(cents: maximum))
      let result = try await house.prompter(daraja, rules: rules).prompt(
        order: house.order(cents: cents), phone: phone, by: "7")
      #expect(await daraja.pushes.map(\.amount) == (isSent ? [Amount(cents: cents)] : []), "\(result)")
      if !isSent { #expect(result == .refused(.amountNotPromptable)) }
    }
  }

  @Test("The callback address of a transaction never changes, whatever instance makes it")
  func addressNeverChanges() async throws {
    try await House.with { house in
      let five = ProvenToken(TransactionID(5), nonce: Nonce(77))
      #expect(house.tokens.token(for: five) == house.tokens.token(for: five))
      #expect(house.tokens.token(for: five) != house.tokens.token(for: ProvenToken(TransactionID(6), nonce: Nonce(77))))
      #expect(house.tokens.token(for: five) != house.tokens.token(for: ProvenToken(TransactionID(5), nonce: Nonce(78))))
    }
  }

  @Test(
    "Without a reference the order's number stands there, however large it is",
    arguments: [
      (1, "ORDER1", "Order 1"), (9_999_999, "ORDER9999999", "Order 9999999"), (10_000_000, "10000000", "10000000"),
      (999_999_999_999, "999999999999", "999999999999"),
    ] as [(Int64, String, String)])
  func defaultReference(number: Int64, reference: String, description: String) async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      try await house.makeOrder(numbered: number)
      let result = try await house.prompter(daraja).prompt(order: OrderID(number), phone: phone, by: "7")
      guard case .sent = result else {
        Issue.record("\(result)")
        return
      }
      let sent = try #require(await daraja.pushes.first)
      #expect(sent.accountReference == reference)
      #expect(sent.description == description)
    }
  }

  // MARK: Two at once, and who goes away

  @Test("The same order twice at the same time: one push, and the other is told of it")
  func twiceAtOnce() async throws {
    try await House.with { house in
      let gate = Gate()
      let daraja = ScriptedDaraja(push: { _ in
        await gate.pass()
        return .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_1", customerMessage: nil)
      })
      let prompter = house.prompter(daraja)
      let order = try await house.order()
      let results = try await withThrowingTaskGroup(of: PromptResult.self) { group in
        for _ in 0..<8 { group.addTask { try await prompter.prompt(order: order, phone: phone, by: "7") } }
        var results: [PromptResult] = []
        while results.count < 7, let result = try await group.next() { results.append(result) }
        await gate.arrivals()
        gate.open()
        if let last = try await group.next() { results.append(last) }
        return results
      }
      #expect(await daraja.pushes.count == 1)
      #expect(results.count { if case .alreadyOpen = $0 { true } else { false } } == 7)
      #expect(results.count { if case .sent = $0 { true } else { false } } == 1)
      #expect(Set(results.compactMap { $0.transaction?.id }).count == 1)
    }
  }

  @Test("A shopper who goes away does not cut off the push, nor lose its answer")
  func callerGoesAway() async throws {
    try await House.with { house in
      let gate = Gate()
      let cancelled = Flag()
      let daraja = ScriptedDaraja(push: { _ in
        await gate.pass()
        if Task.isCancelled { cancelled.set() }
        return .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_1", customerMessage: nil)
      })
      let prompter = house.prompter(daraja)
      let order = try await house.order()
      let caller = Task { try await prompter.prompt(order: order, phone: phone, by: "7") }
      await gate.arrivals()
      caller.cancel()
      gate.open()
      let result = try await caller.value
      #expect(!cancelled.isSet)
      let id = try #require(result.transaction?.id)
      #expect(try await house.transaction(id).checkoutRequestID == "ws_CO_1")
    }
  }

  // MARK: A store that fails

  @Test("The intent cannot be committed: nothing is sent, and the caller is told")
  func intentNotCommitted() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let order = try await house.order()
      house.store.before { call in if call == .openPush { throw StoreError.unavailable(detail: "disk full") } }
      await #expect(throws: StoreError.unavailable(detail: "disk full")) {
        try await house.prompter(daraja).prompt(order: order, phone: phone, by: "7")
      }
      #expect(await daraja.pushes.isEmpty)
    }
  }

  @Test("The answer is offered again until the store takes it; the push is not sent again")
  func answerCommittedLater() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let order = try await house.order()
      let failures = Countdown(5)
      house.store.before { call in
        if call.isSettle, failures.tick() { throw StoreError.unavailable(detail: "disk full") }
      }
      let prompter = house.prompter(daraja)
      let prompt = Task { try await prompter.prompt(order: order, phone: phone, by: "7") }
      for _ in 0..<5 {
        await house.clock.sleepers()
        house.clock.advance(to: try #require(house.clock.nextWake))
      }
      let result = try await prompt.value
      #expect(result.transaction?.checkoutRequestID == "ws_CO_1")
      #expect(try await house.transaction(TransactionID(1)).push == .accepted)
      #expect(await daraja.pushes.count == 1)
    }
  }

  @Test(
    "A store that takes it never: the shopper is answered, the next start marks it, its own callback still settles it")
  func answerNeverCommitted() async throws {
    try await House.with { house in
      let daraja = ScriptedDaraja()
      let order = try await house.order()
      house.store.before { call in if call.isSettle { throw StoreError.unavailable(detail: "disk full") } }
      let prompter = house.prompter(daraja)
      let prompt = Task { try await prompter.prompt(order: order, phone: phone, by: "7") }
      for _ in 0..<7 {
        await house.clock.sleepers()
        house.clock.advance(to: try #require(house.clock.nextWake))
      }
      let id = try #require(try await prompt.value.transaction?.id)
      house.store.before { _ in }
      #expect(try await house.transaction(id).push == .requested)
      try await house.restart()
      #expect(try await markUnansweredPushes(in: house.store, at: house.clock.now, audit: house.audit) == 1)
      try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
      try await house.running(house.workers()) {
        try await house.store.until { try await house.transaction(id).status == .completed }
      }
    }
  }

  @Test(
    "A store that takes it late: the shopper is answered, and Safaricom's name for the payment is committed without a new start"
  )
  func answerCommittedLate() async throws {
    try await House.with { house in
      let order = try await house.order()
      house.store.before { call in if call.isSettle { throw StoreError.unavailable(detail: "disk full") } }
      let prompter = house.prompter(ScriptedDaraja())
      let prompt = Task { try await prompter.prompt(order: order, phone: phone, by: "7") }
      for _ in 0..<7 {
        await house.clock.sleepers()
        house.clock.advance(to: try #require(house.clock.nextWake))
      }
      let id = try #require(try await prompt.value.transaction?.id)
      // It fails on for a while.
      await house.clock.sleepers()
      house.clock.advance(to: try #require(house.clock.nextWake))
      await house.clock.sleepers()
      house.store.before { _ in }
      house.clock.advance(to: try #require(house.clock.nextWake))
      try await house.store.until { try await house.transaction(id).checkoutRequestID != nil }
      #expect(try await house.transaction(id).push == .accepted)
    }
  }

  // MARK: A callback that is faster than the answer

  @Test("The callback comes before the push answer: settled by its token, and the answer changes nothing of that")
  func callbackFirst() async throws {
    try await House.with { house in
      let gate = Gate()
      let daraja = ScriptedDaraja(push: { _ in
        await gate.pass()
        return .accepted(merchantRequestID: "M1", checkoutRequestID: "ws_CO_1", customerMessage: nil)
      })
      let prompter = house.prompter(daraja)
      let order = try await house.order()
      try await house.running(house.workers()) {
        let prompt = Task { try await prompter.prompt(order: order, phone: phone, by: "7") }
        await gate.arrivals()
        let url = try #require(await daraja.pushes.first?.callbackURL)
        let token = try #require(url.split(separator: "/").last)
        let id = try #require(house.tokens.proven(by: token)).id
        try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
        try await house.store.until { try await house.transaction(id).status == .completed }
        gate.open()
        let told = try #require(try await prompt.value.transaction)
        #expect(told.status == .completed)
        #expect(told.push == .accepted)
        #expect(told.receipt?.text == "NLJ7RT61SV")
        #expect(try await house.transaction(id) == told)
        #expect(try await house.store.order(order)?.paidBy == id)
      }
    }
  }
}

extension PromptResult {
  /// The transaction that the result is about.
  var transaction: Transaction? {
    switch self {
    case .sent(let transaction, _), .alreadyOpen(let transaction), .uncertain(let transaction),
      .rejected(let transaction, _), .busy(let transaction, _, _):
      transaction
    case .refused, .noSuchOrder, .notConfigured: nil
    }
  }
}
