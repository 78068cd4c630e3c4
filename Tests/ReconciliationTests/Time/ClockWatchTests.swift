import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

/// What the watch does, on a real store, in virtual time.
@Suite("Watching the clock", .timeLimit(.minutes(1)))
struct ClockWatchTests {
  private static let year = 31_622_400.0

  private static func watch(_ house: House, isSynchronised: Bool? = nil) -> ClockWatch {
    ClockWatch(store: house.outbox, source: house.clock.source(isSynchronised: isSynchronised), audit: house.audit)
  }

  @Test("A first start keeps a mark, and doubts nothing")
  func first() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      try await Self.watch(house).begin()
      let mark = try #require(try await house.outbox.clockMark())
      #expect(mark.wall == house.clock.wall && mark.uptime.microseconds == house.clock.now && !mark.isDoubted)
      #expect(!house.clock.reading.isDoubted && log.entries.isEmpty)
    }
  }

  @Test(
    "A clock that was set while nobody ran is doubted at the start, and that is told",
    arguments: [3_600, -3_600, 86_400, -86_400, year, -year])
  func setBetween(seconds: Double) async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      try await Self.watch(house).begin()
      house.clock.advance(by: 30)
      house.clock.set(forwardBy: seconds)
      house.clock.startAnew()
      try await Self.watch(house, isSynchronised: true).begin()
      #expect(house.clock.reading.isDoubted && house.clock.reading.runningSince == house.clock.wall)
      #expect(log.entries.count { $0.message.contains("moved \(Int(abs(seconds))) s") } == 1)
      // The next start, a minute later, knows it still.
      house.clock.advance(by: 60)
      house.clock.startAnew()
      try await Self.watch(house, isSynchronised: true).begin()
      #expect(house.clock.reading.isDoubted)
      #expect(house.clock.reading.elapsed(since: 0) == .seconds(60))
    }
  }

  @Test(
    "After a restart of the machine an unsynchronised clock is doubted, and one that is synchronised is not",
    arguments: [(true, false), (false, true)])
  func rebooted(isSynchronised: Bool, isDoubted: Bool) async throws {
    try await House.with { house in
      try await Self.watch(house).begin()
      let mark = try #require(try await house.outbox.clockMark())
      try await house.outbox.keep(
        ClockMark(
          wall: mark.wall, uptime: mark.uptime + .seconds(1_000_000), runningSince: mark.uptime, isDoubted: false))
      house.clock.advance(by: 30)
      house.clock.startAnew()
      try await Self.watch(house, isSynchronised: isSynchronised).begin()
      #expect(house.clock.reading.isDoubted == isDoubted)
    }
  }

  @Test(
    "A step while it runs is told once, and what was planned on the clock before is due",
    arguments: [-3_600, -86_400, -year])
  func stepBack(seconds: Double) async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let watch = Self.watch(house)
      try await watch.begin()
      let id = try await house.accepted()
      let delivery = try await house.deliver(CallbackBodies.paid("ws_CO_9"))
      try await house.running(house.workers()) {
        try await house.store.until { try await house.delivery(delivery).state == .parked }
      }
      #expect(try await house.store.nextQuestionDue() == house.clock.now + .seconds(30))
      house.clock.set(forwardBy: seconds)
      for number in 1...3 { await watch.look(number) }
      #expect(log.entries.count { $0.message.contains("was set \(Int(-seconds)) s back") } == 1)
      #expect(try await house.transaction(id).nextQueryAt == house.clock.wall)
      #expect(try await house.store.nextParkedDue() == house.clock.wall)
      #expect(try await house.outbox.clockMark()?.isDoubted == true)
    }
  }

  @Test("Where the store fails, plans are healed at a later look, without another step")
  func retries() async throws {
    try await House.with { house in
      let store = FailingClockStore(inner: house.outbox, failures: Countdown(2))
      let watch = ClockWatch(store: store, source: house.clock.source(), audit: house.audit)
      let id = try await house.accepted()
      house.clock.set(forwardBy: -Self.year)
      // At the step itself, and at look 10.
      for number in 1..<(2 * ClockWatch.looksPerRetry) { await watch.look(number) }
      #expect(try await house.transaction(id).nextQueryAt == .at(30))
      await watch.look(2 * ClockWatch.looksPerRetry)
      #expect(try await house.transaction(id).nextQueryAt == house.clock.wall)
    }
  }

  @Test("A payment that was asked about on the clock before is due as well; one that was asked about since is not")
  func askedAbout() async throws {
    try await House.with { house in
      let watch = Self.watch(house)
      try await watch.begin()
      let ids = [try await house.pushed("ws_CO_1"), try await house.pushed("ws_CO_2")]
      house.clock.set(forwardBy: Self.year)
      await watch.look(1)
      let planned = house.clock.wall + .seconds(60)
      for id in ids { try await pending(id, until: planned, in: house) }
      house.clock.set(forwardBy: -Self.year)
      try await pending(ids[1], until: planned, in: house)
      await watch.look(1)
      #expect(try await house.transaction(ids[0]).nextQueryAt == house.clock.wall)
      #expect(try await house.transaction(ids[1]).nextQueryAt == planned)
    }
  }

  private func pending(_ id: TransactionID, until next: Microseconds, in house: House) async throws {
    _ = try await house.store.settle(id, with: .queryAnswer(.pending), nextQueryAt: next, at: house.clock.wall)
  }

  @Test("A step forward leaves plans as they are: they are due sooner, and nothing is lost by that")
  func stepForward() async throws {
    try await House.with { house in
      let watch = Self.watch(house)
      try await watch.begin()
      let id = try await house.accepted()
      let planned = try await house.transaction(id).nextQueryAt
      house.clock.set(forwardBy: Self.year)
      await watch.look(1)
      #expect(try await house.transaction(id).nextQueryAt == planned)
    }
  }

  @Test("With nothing wrong it writes one mark in ten minutes")
  func quiet() async throws {
    try await House.with { house in
      let watch = Self.watch(house)
      try await watch.begin()
      let first = try await house.outbox.clockMark()
      for number in 1..<ClockWatch.looksPerMark {
        house.clock.advance(by: 1)
        await watch.look(number)
      }
      #expect(try await house.outbox.clockMark() == first)
      await watch.look(ClockWatch.looksPerMark)
      #expect(try await house.outbox.clockMark() != first)
    }
  }
}

/// A store that fails so many times when plans are to be healed.
private struct FailingClockStore: ClockStore {
  let inner: SQLiteStore
  let failures: Countdown

  func clockMark() async throws -> ClockMark? { try await inner.clockMark() }
  func keep(_ mark: ClockMark) async throws { try await inner.keep(mark) }

  func healPlans(at now: Microseconds, limit: Int) async throws -> Int {
    if failures.tick() { throw StoreError.unavailable(detail: "disk full") }
    return try await inner.healPlans(at: now, limit: limit)
  }
}
