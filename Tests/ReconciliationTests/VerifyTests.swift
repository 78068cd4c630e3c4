import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

/// What somebody who wants to know now is told, and when.
@Suite("Asked for now, with others in the line", .timeLimit(.minutes(2)))
struct VerifyTests {
  private static func second(_ burst: Int = 1) -> QueryBudget { QueryBudget(interval: .seconds(1), burst: burst) }

  private func safaricom(_ house: House, paidAt: Microseconds = .max) -> PacedSafaricom {
    PacedSafaricom(house.clock) { name, now in
      name == "ws_CO_0" && now >= paidAt ? .final(.success, description: nil) : .pending(description: nil)
    }
  }

  /// Payments that are due, or will be.
  private func accept(_ count: Int, in house: House) async throws -> [TransactionID] {
    var ids: [TransactionID] = []
    for number in 0..<count { ids.append(try await house.accepted("ws_CO_\(number)")) }
    return ids
  }

  @Test("Where the next question is earned soon, it waits for it, and gets the answer")
  func waits() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      let paced = house.paced(safaricom(house, paidAt: .at(0)), budget: QueryBudget(interval: .seconds(4), burst: 1))
      #expect(try await paced.verify(ids[1]) == (.asked, 0))
      #expect(try await paced.verify(ids[0]) == (.asked, .seconds(4)))
      #expect(try await house.transaction(ids[0]).status == .completed)
    }
  }

  @Test("Where it is not, it is told at once when to come again; then the answer is there")
  func comesAgain() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: .sandbox)
      #expect(try await paced.verify(ids[1]) == (.asked, 0))
      let (outcome, waited) = try await paced.verify(ids[0])
      #expect(outcome == .later(in: .seconds(14)) && waited == 0, "12 s for the budget, 2 for the answer")
      // The caller has gone. The question is put all the same.
      try await paced.run(until: .at(14))
      #expect(safaricom.times(of: "ws_CO_0") == [.at(12)])
      #expect(try await paced.verify(ids[0]) == (.asked, 0))
      try await paced.run(until: .at(29))
      #expect(safaricom.times(of: "ws_CO_0") == [.at(12)], "one place, one question")
    }
  }

  @Test("Who comes again later than the gap between two questions gets the answer all the same, once")
  func owed() async throws {
    try await House.with { house in
      let ids = try await accept(3, in: house)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: .sandbox)
      _ = try await paced.verify(ids[1])
      #expect(try await paced.verify(ids[0], by: "a").outcome == .later(in: .seconds(14)))
      #expect(try await paced.verify(ids[0], by: "b").outcome == .later(in: .seconds(14)))
      #expect(try await paced.verify(ids[2], by: "c").outcome == .later(in: .seconds(28)))
      try await paced.run(until: .at(28))
      // Asked at 12 s, 16 s ago.
      #expect(try await paced.verify(ids[0], by: "a") == (.asked, 0))
      #expect(try await paced.verify(ids[2], by: "c") == (.asked, 0))
      #expect(safaricom.asked.count == 3)
      // The answer was handed over, so that this is another question.
      #expect(try await paced.verify(ids[0], by: "a").outcome == .later(in: .seconds(24)), "others are due by then")
      try await paced.run(until: .at(38))
      #expect(try await paced.verify(ids[0], by: "b") == (.asked, 0))
      try await paced.run(until: .at(52))
      #expect(safaricom.times(of: "ws_CO_0") == [.at(12), .at(48)])
    }
  }

  @Test("A time that is told is true, whatever else is due, and however many wait", arguments: SeededRandom.seeds(12))
  func truth(seed: UInt64) async throws {
    try await House.with { house in
      var random = SeededRandom(seed: seed)
      let interval = Double.random(in: 0.5...12, using: &random)
      let budget = QueryBudget(interval: .seconds(interval), burst: Int.random(in: 1...2, using: &random))
      try await house.makeStale(500, pushedAgo: random.happens(0.5) ? 300 : 86_400)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: budget)
      let ids = try await accept(12, in: house)
      var promised: [(at: Microseconds, id: TransactionID, caller: String)] = []
      var (kept, answered) = (0, 0)
      for number in 0..<60 {
        let end = house.clock.now + .seconds(Double.random(in: 0..<2 * interval, using: &random))
        // Each caller has one payment, so that nobody who comes later is served before.
        let due = promised.filter { $0.at <= end }.sorted { $0.at < $1.at }
        promised.removeAll { $0.at <= end }
        for promise in due {
          if house.clock.now < promise.at { try await paced.run(until: promise.at) }
          let (outcome, waited) = try await paced.verify(promise.id, by: promise.caller)
          #expect(outcome == .asked && waited == 0, "TEST_SEED=\(seed), \(promise)")
          kept += 1
        }
        if house.clock.now < end { try await paced.run(until: end) }
        let caller = number % ids.count
        if promised.contains(where: { $0.id == ids[caller] }) { continue }
        let (outcome, waited) = try await paced.verify(ids[caller], by: "\(caller)")
        #expect(waited <= Questioner.patience, "TEST_SEED=\(seed)")
        switch outcome {
        case .asked: answered += 1
        case .later(let wait):
          let at = house.clock.now + .seconds((Double(wait) / 1_000_000).rounded(.up))
          promised.append((at, ids[caller], "\(caller)"))
        default: Issue.record("\(outcome), TEST_SEED=\(seed)")
        }
      }
      #expect(kept + answered > 20, "TEST_SEED=\(seed)")
      #expect(safaricom.excess(over: budget) == nil, "TEST_SEED=\(seed)")
    }
  }

  @Test("One who asks about everything keeps nobody else waiting")
  func greedy() async throws {
    try await House.with { house in
      let ids = try await accept(100, in: house)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: .sandbox)
      for id in ids.dropFirst() { _ = try await paced.verify(id, by: "greedy") }
      let (outcome, waited) = try await paced.verify(ids[0])
      guard case .later(let wait) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(waited == 0 && wait <= .seconds(4 * 14 + 2), "\(wait)")
      try await paced.run(until: house.clock.now + wait)
      #expect(try await paced.verify(ids[0]) == (.asked, 0))
      #expect(safaricom.asked.count <= 5)
    }
  }

  @Test("When the line is full, whoever has the most places is told to come again, and others are let in")
  func full() async throws {
    try await House.with { house in
      let ids = try await accept(WatchedQueue.limit + 3, in: house)
      let paced = house.paced(safaricom(house), budget: .sandbox)
      for id in ids.dropLast() { _ = try await paced.verify(id, by: "greedy") }
      #expect(await paced.questioner.standing.watched == WatchedQueue.limit)
      guard case .later(let wait) = try await paced.verify(ids[WatchedQueue.limit + 1], by: "greedy").outcome,
        case .later = try await paced.verify(ids[WatchedQueue.limit + 2], by: "shopper").outcome
      else {
        Issue.record("answered out of turn")
        return
      }
      #expect(wait <= .seconds(28), "by then there is room for one")
      #expect(await paced.questioner.standing.watched == WatchedQueue.limit)
    }
  }

  @Test(
    "Whose place is given up for another caller while it is being taken is told to come again, not that all is known")
  func givenUp() async throws {
    try await House.with { house in
      let ids = try await accept(WatchedQueue.limit + 2, in: house)
      let paced = house.paced(safaricom(house), budget: .sandbox)
      #expect(try await paced.verify(ids[0], by: "greedy") == (.asked, 0))
      for id in ids[1..<WatchedQueue.limit] { _ = try await paced.verify(id, by: "greedy") }
      let (gate, first) = (Gate(), Countdown(1))
      house.store.before { call in if call == .questionsDue, first.tick() { await gate.pass() } }
      let asking = Task { await paced.questioner.ask(ids[WatchedQueue.limit], for: "greedy") }
      await gate.arrivals()
      #expect(await paced.questioner.standing.watched == WatchedQueue.limit)
      guard case .later = await paced.questioner.ask(ids[WatchedQueue.limit + 1], for: "shopper") else {
        Issue.record("answered out of turn")
        return
      }
      gate.open()
      #expect(await asking.value == .later(in: .seconds(14)), "by then there is room for one")
    }
  }

  @Test("A payment that ends while somebody waits for the question needs none: what is known is the answer")
  func settledMeanwhile() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: QueryBudget(interval: .seconds(4), burst: 1))
      _ = try await paced.verify(ids[1])
      let asking = Task { await paced.questioner.ask(ids[0], for: "a") }
      await house.clock.sleepers()
      _ = try await house.store.settle(
        ids[0], with: .queryAnswer(.result("0", description: nil)), nextQueryAt: nil, at: house.clock.now)
      house.clock.advance(by: 4)
      _ = await paced.sweeper.sweep()
      #expect(await asking.value == .notNeeded)
      #expect(safaricom.times(of: "ws_CO_0").isEmpty)
      #expect(await paced.questioner.standing.available == 1, "and costs nothing")
    }
  }

  @Test("Nobody looks for the sweeper's sake: whoever waits is told after 5 s, whatever happens")
  func nobodyLooks() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      let questioner = house.questioner(safaricom(house), budget: QueryBudget(interval: .seconds(5), burst: 1))
      _ = await questioner.ask(ids[1], for: "a")
      let asking = Task { await questioner.ask(ids[0], for: "a") }
      await house.clock.sleepers()
      house.clock.advance(by: 5)
      #expect(await asking.value == .later(in: .seconds(2)))
    }
  }

  @Test("The service wakes for whoever waits: as soon as the question is earned, not a second later")
  func wakes() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: QueryBudget(interval: .seconds(3.25), burst: 1))
      try await house.running(paced.sweeper) {
        _ = await paced.questioner.ask(ids[1], for: "a")
        let asking = Task { await paced.questioner.ask(ids[0], for: "a") }
        while safaricom.times(of: "ws_CO_0").isEmpty {
          // Whoever asks sleeps until 5 s at the longest; all others are the service's.
          if let wake = house.clock.nextWake, wake < .at(5) { house.clock.advance(to: wake) }
          await Task.yield()
        }
        #expect(await asking.value == .asked)
        #expect(safaricom.times(of: "ws_CO_0") == [.at(3.25)])
      }
    }
  }

  @Test(
    "A status request, or an open page, makes its payment a watched one when its question is due, and waits for nothing"
  )
  func status() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      try await house.makeStale(1_000, pushedAgo: 86_400)
      let safaricom = safaricom(house)
      let paced = house.paced(safaricom, budget: .sandbox)
      await paced.questioner.askIfDue(ids[0], for: "a")
      #expect(await paced.questioner.standing.watched == 0, "not due yet")
      try await paced.run(until: .at(30))
      await paced.questioner.askIfDue(ids[0], for: "a")
      await paced.questioner.watch(ids[1], for: "b")
      await paced.questioner.watch(ids[1], for: "b")
      #expect(await paced.questioner.standing.watched == 2)
      try await paced.run(until: .at(71))
      #expect(safaricom.times(of: "ws_CO_0") == [.at(36)])
      #expect(safaricom.times(of: "ws_CO_1") == [.at(60)])
      #expect(await paced.questioner.standing.asked == [.watched: 2, .backlog: 4])
    }
  }

  @Test("While the breaker rests nobody is kept waiting, and places are kept")
  func breaker() async throws {
    try await House.with { house in
      let ids = try await accept(2, in: house)
      let safaricom = PacedSafaricom(house.clock) { _, now in
        now < .at(1) ? .noInformation(.spikeArrest) : .pending(description: nil)
      }
      let paced = house.paced(safaricom, budget: Self.second())
      #expect(try await paced.verify(ids[0]) == (.asked, 0))
      let (outcome, waited) = try await paced.verify(ids[1])
      guard case .later(let wait) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(wait >= .seconds(30) && waited == 0)
      try await paced.run(until: house.clock.now + wait)
      #expect(try await paced.verify(ids[1]) == (.asked, 0))
    }
  }
}
