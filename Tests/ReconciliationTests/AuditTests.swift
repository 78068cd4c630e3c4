import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Audit log: every step of a payment is one entry", .timeLimit(.minutes(1)))
struct AuditTests {
  /// As Safaricom makes them: the payer's nine digits stand at its end.
  static let checkoutRequestID = "ws_CO_251120260930451230712345678"

  /// One payment, and what the log says of it.
  struct Story: Sendable, CustomTestStringConvertible {
    var name: String
    /// What Safaricom answers when asked.
    var answer = QueryOutcome.pending(description: nil)
    /// What it answers to the push.
    var push = PushOutcome.accepted(
      merchantRequestID: nil, checkoutRequestID: AuditTests.checkoutRequestID, customerMessage: nil)
    var play: @Sendable (House, Questioner, TransactionID) async throws -> Void
    /// The events in order, each with the status after it.
    var says: [String]
    var testDescription: String { name }
  }

  static let stories = [
    Story(
      name: "paid",
      play: { house, _, id in try await house.hear(CallbackBodies.paid(checkoutRequestID), token: id) },
      says: ["push_requested pending", "push_accepted pending", "callback_accepted -", "completed completed"]),
    Story(
      name: "cancelled, and the same callback again",
      play: { house, _, id in
        try await house.hear(CallbackBodies.refused(checkoutRequestID), token: id)
        try await house.hear(CallbackBodies.refused(checkoutRequestID), token: id)
      },
      says: [
        "push_requested pending", "push_accepted pending", "callback_accepted -", "failed failed",
        "callback_accepted -",
        "duplicate failed",
      ]),
    Story(
      name: "cancelled, then paid after all",
      play: { house, _, id in
        try await house.hear(CallbackBodies.refused(checkoutRequestID), token: id)
        try await house.hear(CallbackBodies.paid(checkoutRequestID), token: id)
      },
      says: [
        "push_requested pending", "push_accepted pending", "callback_accepted -", "failed failed",
        "callback_accepted -",
        "late_success completed",
      ]),
    Story(
      name: "a stranger's word, then Safaricom's", answer: .final("1037", description: "DS timeout"),
      play: { house, questioner, id in
        try await house.hear(CallbackBodies.paid(checkoutRequestID), token: nil)
        _ = await questioner.ask(id, for: "7")
      },
      says: [
        "push_requested pending", "push_accepted pending", "callback_accepted -", "untrusted pending",
        "query_answered pending", "failed failed",
      ]),
    Story(
      name: "not decided yet, then another amount than was asked for",
      play: { house, questioner, id in
        _ = await questioner.ask(id, for: "7")
        try await house.hear(CallbackBodies.paid(checkoutRequestID, amount: "1.00"), token: id)
      },
      says: [
        "push_requested pending", "push_accepted pending", "query_answered pending", "no_information pending",
        "callback_accepted -", "review review",
      ]),
    Story(
      name: "the push's answer is lost", push: .uncertain(.timeout),
      play: { house, _, id in try await house.hear(CallbackBodies.paid(checkoutRequestID), token: id) },
      says: ["push_requested pending", "push_uncertain pending", "callback_accepted -", "completed completed"]),
    Story(
      name: "the push is refused", push: .rejected(.credentials), play: { _, _, _ in },
      says: ["push_requested pending", "push_rejected failed"]),
    Story(
      name: "Safaricom tells us to slow down", answer: .noInformation(.spikeArrest),
      play: { _, questioner, id in _ = await questioner.ask(id, for: "7") },
      says: [
        "push_requested pending", "push_accepted pending", "query_unanswered pending", "breaker_opened -",
        "no_information pending",
      ]),
    Story(
      name: "deliveries that fit nothing",
      play: { house, _, _ in
        try await house.hear(CallbackBodies.paid("ws_CO_251120260930451230799999999"), token: nil)
        try await house.hear("{", token: nil)
      },
      says: [
        "push_requested pending", "push_accepted pending", "callback_accepted -", "delivery_parked -",
        "callback_accepted -", "delivery_quarantined -",
      ]),
  ]

  @Test("The exact steps, in order, and nobody's number", arguments: stories)
  func story(_ story: Story) async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let daraja = ScriptedDaraja(push: { _ in story.push }, query: { _ in story.answer })
      let order = try await house.order()
      _ = try await house.prompter(daraja).prompt(order: order, phone: MSISDN(House.phone), by: "7")
      try await story.play(house, house.questioner(daraja), TransactionID(1))
      #expect(log.fields.map { "\($0["MPESA_EVENT"] ?? "?") \($0["MPESA_STATUS"] ?? "-")" } == story.says)
      let token = try await house.transaction(TransactionID(1)).token
      let tag = try #require(house.tokens.token(for: token).split(separator: ".").last.map { String($0) })
      let nonce = try #require(
        house.tokens.token(for: token).split(separator: ".").dropFirst().first.map { String($0) })
      for secret in ["254712345678", "712345678", "799999999", tag, nonce, "\(token.nonce?.number ?? 0)"] {
        #expect(!log.text.contains(secret), "\(secret)")
      }
      for fields in log.fields where fields["MPESA_STATUS"] != nil {
        #expect(fields["MPESA_TRANSACTION_ID"] == "1" && fields["MPESA_ORDER_ID"] == "\(order)")
        #expect(fields["MPESA_PHONE"] == "2547••••678")
        #expect(fields["MPESA_EVIDENCE"] != nil && fields["MPESA_AMOUNT"] != nil)
      }
    }
  }

  @Test("The fields of a payment's end: what, for whom, by which evidence, in which attempt")
  func fields() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let daraja = ScriptedDaraja(push: { _ in Self.stories[0].push })
      _ = try await house.prompter(daraja).prompt(order: house.order(), phone: MSISDN(House.phone), by: "7")
      try await house.hear(CallbackBodies.paid(Self.checkoutRequestID), token: TransactionID(1))
      let end = try #require(log.fields.last)
      #expect(
        end == [
          "MPESA_EVENT": "completed", "MPESA_TRANSACTION_ID": "1", "MPESA_ORDER_ID": "1", "MPESA_STATUS": "completed",
          "MPESA_AMOUNT": "1500.00", "MPESA_PHONE": "2547••••678", "MPESA_RECEIPT": "NLJ7RT61SV",
          "MPESA_CHECKOUT_REQUEST_ID": "ws_CO_251120260930451230••••678", "MPESA_RESULT_CODE": "0",
          "MPESA_EVIDENCE": "callback", "MPESA_DELIVERY": "1", "MPESA_SOURCE": "196.201.214.200",
          "MPESA_ATTEMPT": "1", "MESSAGE_ID": "27dada4f4ac24ae5bbadec3bbdc5f3c2",
          "DOCUMENTATION": "man:mpesad-journal(7)",
        ])
    }
  }

  @Test(
    "A callback that was acknowledged is told before what it led to, under the same receipt, with where and when it came"
  )
  func accepted() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let id = try await house.accepted(Self.checkoutRequestID)
      let cameAt = house.clock.now
      try await house.deliver(CallbackBodies.paid(Self.checkoutRequestID), token: id)
      house.clock.advance(by: 90)
      try await house.settleAll()
      #expect(log.fields.map { $0["MPESA_EVENT"] } == ["callback_accepted", "completed"])
      #expect(log.fields.allSatisfy { $0["MPESA_RECEIPT"] == "NLJ7RT61SV" && $0["MPESA_DELIVERY"] == "1" })
      let entry = try #require(log.fields.first)
      #expect(entry["MPESA_TRUST"] == "token" && entry["MPESA_TRANSACTION_ID"] == "\(id)")
      #expect(entry["MPESA_SOURCE"] == "196.201.214.200" && entry["MPESA_RESULT_CODE"] == "0")
      #expect(entry["MPESA_RECEIVED_AT"] == UTCTimestamp.format(cameAt), "not when it was worked on")
    }
  }

  @Test("A callback that waits for its transaction is told as accepted once, however often it is tried")
  func acceptedOnce() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      try await house.hear(CallbackBodies.paid("ws_CO_nobody"), token: nil)
      for _ in 0..<3 {
        house.clock.advance(by: 61)
        try await house.settleAll()
      }
      let events = log.fields.map { $0["MPESA_EVENT"] }
      #expect(events == ["callback_accepted"] + Array(repeating: "delivery_parked", count: 4))
      #expect(log.fields[0]["MPESA_TRUST"] == "none" && log.fields[0]["MPESA_TRANSACTION_ID"] == nil)
    }
  }

  @Test("A budget that is used up is said once a minute, however many wait for it")
  func budget() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let questioner = house.questioner(ScriptedDaraja(), budget: QueryBudget(interval: .seconds(600), burst: 1))
      let first = try await house.accepted("ws_CO_1")
      let second = try await house.accepted("ws_CO_2")
      _ = await questioner.ask(first, for: "7")
      for _ in 0..<100 { _ = await questioner.ask(second, for: "7") }
      let said = { log.fields.count { $0["MPESA_EVENT"] == "query_budget_exhausted" } }
      #expect(said() == 1)
      house.clock.advance(by: 60)
      _ = await questioner.ask(second, for: "7")
      #expect(said() == 2)
    }
  }

  @Test("The names of events are stable, and each line of a timeline has the same name in both places")
  func names() {
    for kind in [TimelineEvent.Kind](TimelineEvent.Kind.allCases) {
      #expect(AuditEvent(kind).rawValue == kind.rawValue)
    }
  }

  @Test("Whoever watches a payment is woken after each commit, and nobody else")
  func feed() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      var ticks = house.audit.feed.changes(of: id).makeAsyncIterator()
      let others = house.audit.feed.changes(of: TransactionID(99))
      try await house.hear(CallbackBodies.paid("ws_CO_1"), token: id)
      _ = await ticks.next()
      #expect(try await house.transaction(id).status == .completed)
      house.audit.feed.finish()
      for await _ in others { Issue.record("nothing happened to that one") }
      #expect(await ticks.next() == nil)
      for await _ in house.audit.feed.changes(of: id) { Issue.record("the feed is over") }
    }
  }
}

extension House {
  /// A callback comes and is worked on.
  fileprivate func hear(_ body: String, token: TransactionID?) async throws {
    try await deliver(body, token: token)
    try await settleAll()
  }

  /// The workers do what is to be done now.
  fileprivate func settleAll() async throws {
    var cursor: DeliveryID?
    _ = await workers().drain(&cursor, Stopping())
  }
}
