import Daraja
import Hummingbird
import Payments
import Synchronization
import Testing

@testable import Reconciliation
@testable import Store

@Suite("Telling the merchant", .timeLimit(.minutes(1)))
struct NotifierTests {
  @Test("A settlement arrives signed, over a real connection")
  func arrives() async throws {
    try await Receiver.with({ _, _ in Response(status: .noContent) }) { receiver in
      try await House.with { house in
        let target = try receiver.target()
        let notifier = Notifier(
          store: house.outbox, sender: WebhookSender(userAgent: "mpesad/test"), timing: house.clock.timing,
          audit: house.audit
        ) { () throws(WebhookTargetError) in target }
        try await house.running(notifier) {
          let id = try await house.failed()
          try await house.until { try await house.entries(.delivered).count == 1 }
          let told = try #require(receiver.told.first)
          #expect(try told.verdict(receiver.secret, at: house.clock.now) == .valid)
          let body = try JSONValue.parse(told.body)
          #expect(body["type"] == .string("payment.failed"))
          #expect(body["data"]?["transaction_id"] == .number("\(id)"))
          #expect(body["data"]?["phone_number"] == .string(House.phone))
        }
        let entry = try #require(try await house.entries().first)
        #expect(try await house.outbox.outboxAttempts(of: entry.id).map(\.status) == [204])
      }
    }
  }

  @Test("What is refused is sent again 5 s later, the same to the last byte")
  func again() async throws {
    try await House.with { house in
      let receiver = ScriptedReceiver { $0.attempts == 0 ? .refused : .taken }
      try await house.failed()
      let id = try #require(try await house.entries().first).id
      try await house.running(house.notifier(receiver)) {
        try await house.passTime(untilFinished: id)
      }
      #expect(house.clock.now == .at(5))
      #expect(receiver.sent.count == 2)
      #expect(Set(receiver.sent.map(\.webhookID)).count == 1)
      #expect(Set(receiver.sent.map(\.payload)).count == 1)
      #expect(receiver.isShutDown)
    }
  }

  @Test("A later event of a transaction waits for the earlier one; other transactions do not")
  func inOrder() async throws {
    try await House.with { house in
      let slow = try await house.failed("ws_CO_1")
      try await house.paidAfterAll(slow)
      let other = try await house.failed("ws_CO_2")
      let receiver = ScriptedReceiver { entry in
        entry.transaction == slow && entry.notification == .failed && entry.attempts == 0 ? .refused : .taken
      }
      let ids = try await house.entries().map(\.id)
      try await house.running(house.notifier(receiver)) {
        try await house.until { try await house.outbox.outboxEntry(ids[2])?.state == .delivered }
        #expect(try await house.outbox.outboxEntry(ids[1])?.attempts == 0)
        try await house.passTime(untilFinished: ids[0])
        try await house.until { try await house.entries(.delivered).count == 3 }
      }
      #expect(receiver.sent.filter { $0.transaction == slow }.map(\.notification) == [.failed, .failed, .completed])
      #expect(receiver.sent.filter { $0.transaction == other }.count == 1)
    }
  }

  @Test("If what became of it is not committed, it is sent again under the same name")
  func crashBetweenSendingAndCommit() async throws {
    try await House.with { house in
      let receiver = ScriptedReceiver { _ in .taken }
      try await house.failed()
      // The sending that was not committed is all that the first start does.
      try await house.lettingGracePass {
        try await house.running(house.notifier(receiver, store: FailingOutbox(house.outbox, failures: 1))) {
          try await house.until { receiver.sent.count == 1 }
        }
      }
      #expect(try await house.entries(.waiting).count == 1)
      try await house.restart()
      try await house.running(house.notifier(receiver)) {
        try await house.until { try await house.entries(.delivered).count == 1 }
      }
      #expect(receiver.sent.count == 2)
      #expect(receiver.sent[0].webhookID == receiver.sent[1].webhookID)
      #expect(receiver.sent[0].payload == receiver.sent[1].payload)
    }
  }

  @Test("After three days it is parked, and the journal says so aloud")
  func exhausted() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let receiver = ScriptedReceiver { _ in .failed("no answer within 15 s.") }
      try await house.failed()
      let id = try #require(try await house.entries().first).id
      try await house.running(house.notifier(receiver)) {
        try await house.passTime(untilFinished: id)
      }
      let entry = try #require(try await house.outbox.outboxEntry(id))
      #expect(entry.state == .parked)
      #expect(entry.note?.contains("no answer within 15 s.") == true)
      #expect(house.clock.now == .at(3 * 86_400))
      #expect(receiver.sent.count == 11)
      #expect(log.entries.contains { $0.level == .error && $0.message.contains("deliveries resend \(id)") })
      #expect(try await house.outbox.outboxCensus().parked == 1)
    }
  }

  @Test("Sent again by hand, a parked one is delivered under its name")
  func resent() async throws {
    try await House.with { house in
      let isMended = Mutex(false)
      let receiver = ScriptedReceiver { _ in
        isMended.withLock { $0 } ? .taken : .answered(status: 410, retryAfter: nil, excerpt: "")
      }
      try await house.failed()
      let id = try #require(try await house.entries().first).id
      try await house.running(house.notifier(receiver)) {
        try await house.until { try await house.outbox.outboxEntry(id)?.state == .parked }
        isMended.withLock { $0 = true }
        #expect(try await house.outbox.resend([id], at: house.clock.now) == [.due])
        try await house.until { try await house.outbox.outboxEntry(id)?.state == .delivered }
      }
      #expect(Set(receiver.sent.map(\.webhookID)).count == 1)
    }
  }

  @Test("Without an address events wait; what is younger than three days is sent when one is set")
  func noAddress() async throws {
    try await House.with { house in
      let receiver = ScriptedReceiver { _ in .taken }
      let isSet = Mutex(false)
      let notifier = Notifier(store: house.outbox, sender: receiver, timing: house.clock.timing, audit: house.audit) {
        () throws(WebhookTargetError) in isSet.withLock { $0 } ? House.webhookTarget : nil
      }
      let old = try await house.failed("ws_CO_1")
      house.clock.advance(by: 3 * 86_400 + 1)
      let young = try await house.failed("ws_CO_2")
      try await house.running(notifier) {
        try await house.until { try await house.entries(.unaddressed).count == 1 }
        #expect(receiver.sent.isEmpty)
        isSet.withLock { $0 = true }
        notifier.targetChanged()
        try await house.until { try await house.entries(.delivered).count == 1 }
      }
      #expect(receiver.sent.map(\.transaction) == [young])
      #expect(try await house.entries(.unaddressed).map(\.transaction) == [old])
    }
  }

  @Test("A target that cannot be used is told once, and nothing is sent and nothing lost")
  func unusable() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let receiver = ScriptedReceiver { _ in .taken }
      let notifier = Notifier(store: house.outbox, sender: receiver, timing: house.clock.timing, audit: house.audit) {
        () throws(WebhookTargetError) in throw .noSecret
      }
      try await house.running(notifier) {
        for number in 1...3 { try await house.failed("ws_CO_\(number)") }
        notifier.targetChanged()
        try await house.until { log.entries.contains { $0.message.contains("mpesa_webhook_secret") } }
        await house.clock.sleepers()
      }
      #expect(receiver.sent.isEmpty)
      #expect(try await house.entries(.waiting).count == 3)
      #expect(log.entries.count { $0.message.contains("mpesa_webhook_secret") } == 1)
    }
  }

  @Test("At most eight are under way, whatever waits")
  func bounded() async throws {
    try await House.with { house in
      let gate = Gate()
      let receiver = ScriptedReceiver { _ in
        await gate.pass()
        return .taken
      }
      for number in 1...20 { try await house.failed("ws_CO_\(number)") }
      try await house.running(house.notifier(receiver)) {
        try await house.until { receiver.sent.count == Notifier.concurrency }
        for number in 21...25 { try await house.failed("ws_CO_\(number)") }
        #expect(receiver.sent.count == Notifier.concurrency)
        gate.open()
        try await house.until { try await house.entries(.delivered).count == 25 }
      }
      #expect(receiver.sent.count == 25)
    }
  }

  @Test("Stopping does not wait for a receiver that does not answer, and what was under way is no attempt")
  func stopping() async throws {
    try await House.with { house in
      let receiver = ScriptedReceiver { _ in
        try? await Task.sleep(for: .seconds(600))
        return .failed("cut short")
      }
      try await house.failed()
      try await house.lettingGracePass {
        try await house.running(house.notifier(receiver)) { try await house.until { receiver.sent.count == 1 } }
      }
      let entry = try #require(try await house.entries().first)
      #expect(entry.state == .waiting)
      #expect(entry.attempts == 0)
      #expect(receiver.isShutDown)
    }
  }
}
