import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// What the merchant is told.
  public static let outbox = [
    ConformanceCheck("every notification leaves one event of the same number, and nothing else does", oneEach),
    ConformanceCheck("the body is the one that was fixed when it was decided", bodyIsFixed),
    ConformanceCheck("of a transaction only the oldest waiting event is due", inOrder),
    ConformanceCheck(
      "what waits behind a failing event waits as long, and is due when it is finished", heldAndReleased),
    ConformanceCheck("an attempt and its verdict are kept, the last twenty of them", attemptsAreKept),
    ConformanceCheck("an event that is finished is not touched by an attempt that comes late", lateAttempt),
    ConformanceCheck("an event without anybody to tell is given up when its time is over", unaddressed),
    ConformanceCheck("an event is sent again under its old name, from the beginning", resending),
    ConformanceCheck("lists are narrowed by state and transaction, newest first", lists),
    ConformanceCheck("lists are narrowed by event, order and time, all of which must hold", narrowLists),
    ConformanceCheck("the last attempt on each of several events is found at once", lastAttempts),
    ConformanceCheck("events survive being opened again", survives),
  ]

  private static let day = 86_400 * Specimen.second

  /// A paid transaction.
  private static func paid(_ store: any PaymentStore, phone: Int, at now: Microseconds = Specimen.now) async throws
    -> Transaction
  {
    let transaction = try await store.push(phone: phone)
    _ = try await store.deliver(try Specimen.paid(transaction), to: transaction, at: now)
    return transaction
  }

  /// A transaction with a refusal and a late success: two events.
  private static func paidLate(_ store: any PaymentStore, phone: Int) async throws -> Transaction {
    let transaction = try await store.push(phone: phone)
    _ = try await store.deliver(Specimen.cancelled(transaction), to: transaction)
    _ = try await store.deliver(try Specimen.paid(transaction), to: transaction, at: Specimen.now + 1)
    return transaction
  }

  private static func attempt(at: Microseconds = Specimen.now + 10, status: Int? = 200) -> OutboxAttempt {
    OutboxAttempt(at: at, duration: 5, status: status, answer: "said")
  }

  private static func due(_ outbox: any OutboxStore, at now: Microseconds) async throws -> [OutboxEntry] {
    try await outbox.outbox(dueAt: now, limit: 100)
  }

  private static func oneEach(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      let transaction = try await store.push(phone: 1)
      #expect(try await outbox.outbox(OutboxFilter(), after: nil, limit: 10).isEmpty)
      _ = try await store.settled(transaction.id, .queryAnswer(.pending))
      _ = try await store.deliver(Specimen.cancelled(transaction), to: transaction)
      _ = try await store.deliver(Specimen.cancelled(transaction), to: transaction)
      _ = try await store.settled(transaction.id, .queryAnswer(.result("0", description: nil)), at: Specimen.now + 1)
      _ = try await store.deliver(try Specimen.paid(transaction), to: transaction, at: Specimen.now + 2)
      let entries = try await outbox.outbox(OutboxFilter(), after: nil, limit: 10)
      #expect(entries.map(\.notification) == [.amended, .completed, .failed])
      #expect(entries.map(\.createdAt) == [Specimen.now + 2, Specimen.now + 1, Specimen.now])
      #expect(entries.allSatisfy { $0.transaction == transaction.id && $0.state == .waiting && $0.attempts == 0 })
      #expect(Set(entries.map(\.webhookID)).count == 3)
    }
  }

  private static func bodyIsFixed(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      let transaction = try await store.push(phone: 1)
      let decision = try await store.settled(transaction.id, .queryAnswer(.result("0", description: "ok")))
      let expected = try #require(WebhookEvent(decision, orderReference: "A-17")).body
      _ = try await store.deliver(try Specimen.paid(transaction), to: transaction, at: Specimen.now + 1)
      let first = try #require(try await due(outbox, at: Specimen.now + 1).first)
      #expect(first.payload == expected)
    }
  }

  private static func inOrder(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      let late = try await paidLate(store, phone: 1)
      let other = try await paid(store, phone: 2, at: Specimen.now + 2)
      #expect(try await due(outbox, at: Specimen.now - 1).isEmpty)
      #expect(try await outbox.nextOutboxDue(after: Specimen.now - 1) == Specimen.now)
      let first = try await due(outbox, at: Specimen.now + 5)
      #expect(first.map(\.transaction) == [late.id, other.id])
      #expect(first.map(\.notification) == [.failed, .completed])
      try await outbox.conclude(attempt(), of: first[0].id, .delivered)
      #expect(try await due(outbox, at: Specimen.now + 99).map(\.notification) == [.completed, .completed])
      #expect(try await outbox.outbox(dueAt: Specimen.now + 99, limit: 1).count == 1)
    }
  }

  private static func heldAndReleased(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      _ = try await paidLate(store, phone: 1)
      let head = try #require(try await due(outbox, at: Specimen.now + 5).first)
      let next = Specimen.now + 300 * Specimen.second
      try await outbox.conclude(attempt(status: 500), of: head.id, .retry(at: next))
      #expect(try await due(outbox, at: next - 1).isEmpty)
      #expect(try await outbox.nextOutboxDue(after: Specimen.now) == next)
      let again = try #require(try await due(outbox, at: next).first)
      #expect(again.id == head.id)
      #expect(again.attempts == 1)
      #expect(again.firstAttemptAt == Specimen.now + 10)
      try await outbox.conclude(attempt(at: Specimen.now + 20, status: nil), of: head.id, .parked(note: "never taken"))
      let parked = try #require(try await outbox.outboxEntry(head.id))
      #expect(parked.state == .parked)
      #expect(parked.note == "never taken")
      #expect(parked.finishedAt == Specimen.now + 25)
      #expect(parked.nextAttemptAt == nil)
      #expect(try await due(outbox, at: Specimen.now + 25).map(\.notification) == [.completed])
    }
  }

  private static func attemptsAreKept(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      _ = try await paid(store, phone: 1)
      let id = try #require(try await due(outbox, at: Specimen.now).first).id
      for number in 1...25 {
        let at = Specimen.now + Int64(number)
        let attempt = OutboxAttempt(
          at: at, duration: 7, status: number % 2 == 0 ? 503 : nil, answer: String(repeating: "x", count: 600))
        try await outbox.conclude(attempt, of: id, .retry(at: at))
      }
      let kept = try await outbox.outboxAttempts(of: id)
      #expect(kept.map(\.at) == (6...25).map { Specimen.now + $0 })
      #expect(kept.last == OutboxAttempt(at: Specimen.now + 25, duration: 7, status: nil, answer: kept[0].answer))
      #expect(kept[0].answer.utf8.count == OutboxAttempt.keptAnswerBytes)
      #expect(try await outbox.outboxEntry(id)?.attempts == 25)
    }
  }

  private static func lateAttempt(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      _ = try await paid(store, phone: 1)
      let id = try #require(try await due(outbox, at: Specimen.now).first).id
      try await outbox.conclude(attempt(), of: id, .delivered)
      let delivered = try await outbox.outboxEntry(id)
      try await outbox.conclude(attempt(status: 500), of: id, .retry(at: Specimen.now + 99))
      #expect(try await outbox.outboxEntry(id) == delivered)
      #expect(try await outbox.outboxAttempts(of: id).count == 1)
      #expect(delivered?.state == .delivered)
      #expect(delivered?.finishedAt == Specimen.now + 15)
    }
  }

  private static func unaddressed(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      _ = try await paid(store, phone: 1)
      _ = try await paid(store, phone: 2, at: Specimen.now + day)
      let tried = try await paid(store, phone: 3)
      let id = try #require(try await due(outbox, at: Specimen.now).first { $0.transaction == tried.id }).id
      try await outbox.conclude(attempt(), of: id, .retry(at: Specimen.now + 20))
      let later = Specimen.now + 3 * day + 1
      #expect(try await outbox.giveUpUnaddressed(dueBefore: later - 3 * day, limit: 10, at: later) == 1)
      #expect(try await outbox.giveUpUnaddressed(dueBefore: later - 3 * day, limit: 10, at: later) == 0)
      let givenUp = try await outbox.outbox(OutboxFilter(state: .unaddressed), after: nil, limit: 10)
      #expect(givenUp.count == 1)
      #expect(givenUp.first?.finishedAt == later)
      #expect(try await outbox.outboxCensus() == OutboxCensus(waiting: 2, oldestWaiting: Specimen.now + day))
    }
  }

  private static func resending(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      _ = try await paid(store, phone: 1)
      let entry = try #require(try await due(outbox, at: Specimen.now).first)
      try await outbox.conclude(attempt(status: 410), of: entry.id, .parked(note: "gone"))
      #expect(try await outbox.outboxCensus() == OutboxCensus(parked: 1))
      let resendings = try await outbox.resend([entry.id, OutboxID(9_999)], at: Specimen.now + day)
      #expect(resendings == [.due, .noSuchEntry])
      let again = try #require(try await due(outbox, at: Specimen.now + day).first)
      #expect(again.webhookID == entry.webhookID)
      #expect(again.payload == entry.payload)
      #expect(again.attempts == 0)
      #expect(again.firstAttemptAt == nil)
      #expect(again.finishedAt == nil)
      #expect(try await outbox.outboxAttempts(of: entry.id).count == 1)
    }
  }

  private static func lists(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      let late = try await paidLate(store, phone: 1)
      _ = try await paid(store, phone: 2)
      let all = try await outbox.outbox(OutboxFilter(), after: nil, limit: 10)
      #expect(all.map(\.id) == all.map(\.id).sorted(by: >))
      #expect(all.count == 3)
      #expect(try await outbox.outbox(OutboxFilter(), after: all[0].id, limit: 1).map(\.id) == [all[1].id])
      let ofOne = OutboxFilter(transaction: late.id)
      #expect(try await outbox.outbox(ofOne, after: nil, limit: 10).map(\.notification) == [.completed, .failed])
      try await outbox.conclude(attempt(), of: all[2].id, .delivered)
      let delivered = OutboxFilter(state: .delivered, transaction: late.id)
      #expect(try await outbox.outbox(delivered, after: nil, limit: 10).map(\.id) == [all[2].id])
    }
  }

  private static func narrowLists(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      let late = try await paidLate(store, phone: 1)
      let other = try await paid(store, phone: 2, at: Specimen.now + day)
      func ids(_ change: (inout OutboxFilter) -> Void, after: OutboxID? = nil, limit: Int = 10) async throws -> [Int64]
      {
        var filter = OutboxFilter()
        change(&filter)
        return try await outbox.outbox(filter, after: after, limit: limit).map(\.id.number)
      }
      let all = try await ids { _ in }
      #expect(all.count == 3)
      #expect(try await ids { $0.notification = .completed } == [all[0], all[1]])
      #expect(try await ids({ $0.notification = .completed }, limit: 1) == [all[0]])
      #expect(try await ids({ $0.notification = .completed }, after: OutboxID(all[0])) == [all[1]])
      #expect(try await ids { $0.order = other.orderID } == [all[0]])
      #expect(
        try await ids {
          ($0.order, $0.notification, $0.state) = (late.orderID, .failed, .waiting)
        } == [all[2]])
      #expect(try await ids { ($0.order, $0.transaction) = (late.orderID, other.id) } == [])
      #expect(try await ids { $0.since = Specimen.now + 1 } == [all[0], all[1]])
      #expect(try await ids { $0.until = Specimen.now + 1 } == [all[2]])
      #expect(try await ids { ($0.since, $0.state) = (Specimen.now + day, .waiting) } == [all[0]])
      #expect(try await ids { ($0.notification, $0.state) = (.completed, .delivered) } == [])
    }
  }

  private static func lastAttempts(_ home: StoreUnderTest) async throws {
    try await home.useOutbox { store, outbox in
      _ = try await paid(store, phone: 1)
      _ = try await paid(store, phone: 2)
      let ids = try await outbox.outbox(OutboxFilter(), after: nil, limit: 10).map(\.id)
      for at in [10, 20] {
        let then = Specimen.now + Int64(at)
        try await outbox.conclude(attempt(at: then, status: 500 + at), of: ids[0], .retry(at: then))
      }
      let last = try await outbox.lastOutboxAttempts(of: ids)
      #expect(last == [ids[0]: attempt(at: Specimen.now + 20, status: 520)])
      #expect(try await outbox.lastOutboxAttempts(of: []) == [:])
    }
  }

  private static func survives(_ home: StoreUnderTest) async throws {
    let before = try await home.useOutbox { store, outbox in
      _ = try await paidLate(store, phone: 1)
      return try await outbox.outbox(OutboxFilter(), after: nil, limit: 10)
    }
    let after = try await home.useOutbox { _, outbox in
      try await outbox.outbox(OutboxFilter(), after: nil, limit: 10)
    }
    #expect(after == before)
  }
}

extension StoreUnderTest {
  /// The store, also as an outbox; every engine must be one.
  func useOutbox<Value>(
    _ body: (any PaymentStore, any OutboxStore) async throws -> Value
  ) async throws -> Value {
    try await use { store in try await body(store, try #require(store as? any OutboxStore)) }
  }
}
