import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

/// The wall clock is set while the program runs, or before it starts. Time itself goes on.
@Suite("Asking on a clock that is set", .timeLimit(.minutes(5)))
struct AskingClockTests {
  static let hour = 3_600.0
  static let day = 86_400.0
  static let year = 366 * day

  struct Row: Sendable, CustomTestStringConvertible {
    /// How far the wall clock is set, in seconds.
    var by: Double
    /// How long it stays wrong, in seconds; nil for good.
    var wrongFor: Double?
    /// Whether the program starts anew after each setting.
    var restarts: Bool
    var testDescription: String {
      "\(by / 3_600) h, \(wrongFor.map { "for \($0) s" } ?? "for good"), \(restarts ? "and a start" : "while it runs")"
    }
  }

  static let rows: [Row] = [hour, -hour, day, -day, year, -year].flatMap { by in
    [nil, 20, 600, 7_200].flatMap { wrongFor in
      [false, true].map { Row(by: by, wrongFor: wrongFor, restarts: $0) }
    }
  }

  /// Runs, and if asked for starts the program anew, with a fresh look at the clock.
  private func run(_ paced: inout PacedHouse, _ safaricom: PacedSafaricom, until end: Microseconds, restarts: Bool)
    async throws
  {
    try await paced.run(until: end)
    if restarts { paced = paced.house.paced(safaricom, budget: Self.budget) }
  }

  static let budget = QueryBudget(interval: .seconds(1), burst: 1)

  @Test(
    "Neither do questions stop, nor are they asked in a tight loop, nor is anything given up early; and it heals",
    arguments: rows)
  func set(_ row: Row) async throws {
    try await House.with { house in
      let safaricom = PacedSafaricom(house.clock) { _, _ in .pending(description: nil) }
      var paced = house.paced(safaricom, budget: Self.budget)
      // One from before, one pushed while the clock is wrong, one from after.
      let before = try await house.pushed("ws_CO_before")
      try await run(&paced, safaricom, until: .at(100), restarts: false)
      house.clock.set(forwardBy: row.by)
      if row.restarts { paced = house.paced(safaricom, budget: Self.budget) }
      let within = try await house.pushed("ws_CO_within")
      if let wrongFor = row.wrongFor {
        try await run(&paced, safaricom, until: .at(100 + wrongFor), restarts: row.restarts)
        house.clock.set(forwardBy: -row.by)
      }
      let after = try await house.pushed("ws_CO_after")
      let set = house.clock.now
      try await run(&paced, safaricom, until: set + .seconds(6 * Self.hour), restarts: false)

      for (id, name) in [(before, "ws_CO_before"), (within, "ws_CO_within"), (after, "ws_CO_after")] {
        let times = safaricom.times(of: name)
        #expect(try await house.transaction(id).status == .pending, "\(name) was given up early")
        #expect(times.count <= 16, "\(name) was asked about \(times.count) times")
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 >= .seconds(10) }, "\(name): \(gaps)")
        // None of them waits for longer than the schedule does for a payment of its age at most.
        let first = times.first { $0 > set } ?? .max
        let planned = name == "ws_CO_after" ? 32 : (row.wrongFor ?? 0) > Self.hour ? 5 * Self.hour + 10 : 45 * 60
        #expect(first - set <= .seconds(planned), "\(name) was not asked about for \(first - set) µs")
      }
      // The next question of all of them is one that the schedule can plan.
      for id in [before, within, after] {
        let next = try #require(try await house.transaction(id).nextQueryAt)
        #expect(!(next > house.clock.wall + QuerySchedule.plain.longestWait))
      }
      // Whoever wants to know now is told.
      #expect(try await paced.verify(within) == (.asked, 0) || house.clock.now > set)
      #expect(safaricom.excess(over: Self.budget) == nil || row.restarts)
    }
  }

  @Test("A time that was told before a step is still true after it", arguments: [hour, -hour, year, -year])
  func retryAfter(by: Double) async throws {
    try await House.with { house in
      let safaricom = PacedSafaricom(house.clock) { name, _ in
        name == "ws_CO_1" ? .final("1032", description: nil) : .pending(description: nil)
      }
      let paced = house.paced(safaricom, budget: .sandbox)
      let first = try await house.accepted("ws_CO_1")
      let second = try await house.accepted("ws_CO_2")
      #expect(try await paced.verify(first) == (.asked, 0))
      house.clock.set(forwardBy: by)
      #expect(try await paced.verify(second).outcome == .later(in: .seconds(14)))
      try await paced.run(until: .at(14))
      #expect(try await paced.verify(second) == (.asked, 0))
      #expect(safaricom.asked.map(\.at) == [.at(0), .at(12)])
      house.clock.set(forwardBy: -by)
      #expect(try await paced.verify(second) == (.asked, 0), "the gap between two questions is counted on time itself")
      #expect(safaricom.asked.count == 2)
    }
  }

  @Test("The breaker's rest is as long as it said, whatever the clock says", arguments: [hour, -hour, year, -year])
  func breaker(by: Double) async throws {
    try await House.with { house in
      let safaricom = PacedSafaricom(house.clock) { _, now in
        now == .at(30) ? .noInformation(.blockPage) : .final("1032", description: nil)
      }
      let paced = house.paced(safaricom, budget: Self.budget)
      for number in 1...2 { _ = try await house.accepted("ws_CO_\(number)") }
      try await paced.run(until: .at(31))
      #expect(await paced.questioner.standing.isBreakerOpen)
      house.clock.set(forwardBy: by)
      try await paced.run(until: .at(120))
      #expect(safaricom.asked.map(\.at).prefix(2) == [.at(30), .at(60)])
      #expect(await !paced.questioner.standing.isBreakerOpen)
    }
  }

  @Test("A payment from a clock that was a year ahead ends like any other, once the clock is right")
  func ends() async throws {
    try await House.with { house in
      let safaricom = PacedSafaricom(house.clock) { _, _ in .noInformation(.noInformation) }
      let paced = house.paced(safaricom, budget: Self.budget)
      house.clock.set(forwardBy: Self.year)
      let id = try await house.pushed("ws_CO_1")
      try await paced.run(until: .at(100))
      house.clock.set(forwardBy: -Self.year)
      await paced.watch.look(1)
      var looks = 0
      while try await house.transaction(id).status == .pending, looks < 100_000 {
        looks += 1
        guard let wait = await paced.sweeper.sweep() else { return }
        house.clock.advance(to: house.clock.now + max(wait, 1_000))
      }
      #expect(try await house.transaction(id).reason == .unanswered)
      #expect(
        (2...3).contains(Double(house.clock.now - .at(0)) / 86_400_000_000),
        "\(safaricom.asked.map { ($0.at - .at(0)) / 1_000_000 })")
      #expect(safaricom.asked.count < 25)
    }
  }

  @Test("On a clock that cannot be trusted nothing is given up; it goes on asking once an hour")
  func untrusted() async throws {
    try await House.with { house in
      let safaricom = PacedSafaricom(house.clock) { _, _ in .noInformation(.noInformation) }
      let id = try await house.pushed("ws_CO_1")
      house.clock.advance(by: 3 * Self.day)
      house.clock.set(forwardBy: 10)
      let paced = house.paced(safaricom, budget: Self.budget)
      try await paced.run(until: .at(3 * Self.day + 6 * Self.hour))
      #expect(try await house.transaction(id).status == .pending)
      #expect((4...12).contains(safaricom.asked.count), "\(safaricom.asked.count)")
    }
  }
}

extension House {
  /// A phone for each name.
  private func phone(of name: String) throws -> MSISDN {
    try MSISDN("2547\(10_000_000 + name.utf8.reduce(0) { $0 * 7 + Int($1) } % 1_000_000)")
  }

  /// A payment that was pushed by the wall clock as it stands.
  func pushed(_ checkoutRequestID: String) async throws -> TransactionID {
    let opening = try await store.openPush(
      order: try await order(), phone: try phone(of: checkoutRequestID), createdBy: "7",
      rules: AdmissionRules(promptLifetime: 0),
      firstQueryAt: clock.wall + .seconds(30), at: clock.wall)
    guard case .opened(let transaction, _) = opening else { throw Unexpected(what: "\(opening)") }
    _ = try await store.settle(
      transaction.id, with: .pushAnswer(.accepted(merchantRequestID: nil, checkoutRequestID: checkoutRequestID)),
      nextQueryAt: nil, at: clock.wall)
    return transaction.id
  }
}
