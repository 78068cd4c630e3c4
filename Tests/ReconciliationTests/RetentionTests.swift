import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

@Suite("Forgetting", .timeLimit(.minutes(1)))
struct RetentionTests {
  private static func retention(_ house: House, days: Int) -> Retention {
    Retention(store: house.outbox, timing: house.clock.timing, audit: house.audit) { days }
  }

  /// A house in which one transaction was settled by a callback, and its event delivered.
  private static func settled(_ house: House) async throws -> (DeliveryID, OutboxID) {
    let id = try await house.accepted()
    let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
    try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
    let entry = try #require(try await house.entries().first)
    let attempt = OutboxAttempt(at: house.clock.now, duration: 0, status: 200, answer: "")
    try await house.outbox.conclude(attempt, of: entry.id, .delivered)
    return (delivery, entry.id)
  }

  @Test("A day before its time nothing goes; after it the bytes go, and what was decided stays")
  func onTime() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let (delivery, entry) = try await Self.settled(house)
      let kept = try await house.delivery(delivery).body
      house.clock.advance(by: 364 * 86_400)
      try await Self.retention(house, days: 365).forget()
      #expect(try await house.delivery(delivery).body == kept)
      house.clock.advance(by: 2 * 86_400)
      try await Self.retention(house, days: 365).forget()
      #expect(try await house.delivery(delivery).body.isEmpty)
      #expect(try await house.delivery(delivery).state == .settled)
      #expect(try await house.outbox.outboxEntry(entry)?.payload.isEmpty == true)
      #expect(try await house.transaction(TransactionID(1)).status == .completed)
      #expect(try await house.store.timeline(of: TransactionID(1)).count == 3)
      #expect(log.entries.count { $0.message.contains("1 settled deliveries and 1 webhooks") } == 1)
    }
  }

  @Test("A payment in review keeps its evidence however old; a ruling gives it the retention time once more")
  func review() async throws {
    try await House.with { house in
      let id = try await house.accepted()
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_1", amount: "1.00"), token: id)
      try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
      #expect(try await house.transaction(id).status == .review)
      let kept = try await house.delivery(delivery).body
      func afterDays(_ days: Double) async throws -> [UInt8] {
        house.clock.advance(by: days * 86_400)
        // A round removes what a week brought at most.
        for _ in 0..<30 { try await Self.retention(house, days: 1).forget() }
        return try await house.delivery(delivery).body
      }
      for _ in 0..<5 { #expect(try await afterDays(30) == kept) }
      _ = try await house.store.settle(
        id, with: .operatorRuling(.completed, who: "asha", why: "the statement has it"), nextQueryAt: nil,
        at: house.clock.now)
      #expect(try await afterDays(0.9) == kept)
      #expect(try await afterDays(0.2) == [])
      #expect(try await house.delivery(delivery).note?.contains("removed by retention") == true)
    }
  }

  @Test("0 days keep everything for ever")
  func forEver() async throws {
    try await House.with { house in
      let (delivery, _) = try await Self.settled(house)
      house.clock.advance(by: 36_500 * 86_400)
      try await Self.retention(house, days: 0).forget()
      #expect(try await !house.delivery(delivery).body.isEmpty)
    }
  }

  @Test("More than one commit's worth goes in steps, and it looks again every hour")
  func steps() async throws {
    try await House.with { house in
      house.clock.fly()
      let id = try await house.accepted()
      for _ in 0..<(Retention.rowsAtOnce + 50) { try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id) }
      try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
      // Time flies: each hour that the service sleeps is over at once, until all of it is a day old.
      try await house.running(Self.retention(house, days: 1)) {
        try await house.until {
          try await house.outbox.deliveries(in: .settled, limit: .max).allSatisfy(\.body.isEmpty)
        }
      }
    }
  }

  @Test("Nothing goes by a clock that was set, until it has run steadily for a day")
  func untrusted() async throws {
    try await House.with { house in
      let (delivery, entry) = try await Self.settled(house)
      house.clock.advance(by: 86_400)
      house.clock.set(forwardBy: 366 * 86_400)
      for _ in 0..<24 {
        try await Self.retention(house, days: 365).forget()
        house.clock.advance(by: 3_599)
      }
      #expect(try await !house.delivery(delivery).body.isEmpty)
      #expect(try await house.outbox.outboxEntry(entry)?.payload.isEmpty == false)
      // The clock is put right: nothing was lost, and all goes on as if nothing had been.
      house.clock.set(forwardBy: -366 * 86_400)
      house.clock.advance(by: 2 * 86_400)
      try await Self.retention(house, days: 365).forget()
      #expect(try await !house.delivery(delivery).body.isEmpty)
    }
  }

  @Test("A wrong clock that is believed in the end costs one week's bytes in a round")
  func stride() async throws {
    try await House.with { house in
      house.clock.synchronise()
      var last = try await Self.settled(house).0
      for number in 2...4 {
        house.clock.advance(by: 8 * 86_400)
        let id = try await house.accepted("ws_CO_\(number)")
        last = try await house.deliver(
          CallbackBodies.paid("ws_CO_\(number)", receipt: "NLJ7RT61S\(number)"), token: id)
      }
      try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
      house.clock.set(forwardBy: 366 * 86_400)
      _ = house.clock.reading
      house.clock.advance(by: 86_400)
      var rounds = 0
      while try await !house.delivery(last).body.isEmpty, rounds < 9 {
        rounds += 1
        try await Self.retention(house, days: 365).forget()
        let left = try await house.outbox.deliveries(in: .settled, limit: 9).count { !$0.body.isEmpty }
        #expect(left == 4 - rounds)
      }
      #expect(rounds == 4, "each came a week after the one before")
    }
  }

  @Test("The bytes of a clock that was ahead keep none of those behind them from going")
  func ahead() async throws {
    try await House.with { house in
      house.clock.advance(by: 86_400)
      for number in 0..<3 {
        let isAhead = number == 0
        let id = try await house.accepted("ws_CO_\(number)")
        if isAhead { house.clock.set(forwardBy: 366 * 86_400) }
        try await house.deliver(CallbackBodies.paid("ws_CO_\(number)", receipt: "NLJ7RT61S\(number)"), token: id)
        if isAhead { house.clock.set(forwardBy: -366 * 86_400) }
      }
      try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
      house.clock.advance(by: 3 * 86_400)
      for _ in 0..<3 { try await Self.retention(house, days: 1).forget() }
      let left = try await house.outbox.deliveries(in: .settled, limit: 9).filter { !$0.body.isEmpty }
      #expect(left.count == 1 && left[0].receivedAt > house.clock.now)
    }
  }

  @Test("A first time of 1970 does not keep retention back")
  func implausible() async throws {
    try await House.with { house in
      house.clock.set(forwardBy: -1_700_000_000)
      _ = try await house.deliver(CallbackBodies.paid("ws_CO_9"), token: nil)
      house.clock.set(forwardBy: 1_700_000_000)
      let (delivery, _) = try await Self.settled(house)
      house.clock.advance(by: 400 * 86_400)
      for _ in 0..<4 { try await Self.retention(house, days: 365).forget() }
      #expect(try await house.delivery(delivery).body.isEmpty)
    }
  }

  @Test("What was removed cannot be found in the files any more")
  func gone() async throws {
    try await House.with { house in
      let (delivery, _) = try await Self.settled(house)
      let bytes = try await house.delivery(delivery).body
      house.clock.advance(by: 2 * 86_400)
      try await Self.retention(house, days: 1).forget()
      // Closing copies the log into the database.
      try await house.restart()
      try await house.restart()
      let marker = Array(bytes.prefix(40))
      for file in ["mpesad.db", "mpesad.db-wal"] {
        let content = FileBytes.read(house.directory + "/" + file)
        #expect(!FileBytes.contains(content, marker), "\(file) still holds it")
      }
    }
  }
}
