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
