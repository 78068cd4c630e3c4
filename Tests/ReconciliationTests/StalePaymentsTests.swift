import Daraja
import Foundation
import Payments
import Testing

@testable import Reconciliation
@testable import Store

/// After an outage: very many payments wait to be asked about, and the shop is open.
@Suite("100,000 stale payments at the start, and a shopper", .timeLimit(.minutes(10)))
struct StalePaymentsTests {
  /// `TEST_STALE` asks for another number; all of them are asked about to the end only where it is given, and 1,000 otherwise.
  static let count = ProcessInfo.processInfo.environment["TEST_STALE"].flatMap(Int.init)

  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var budget: QueryBudget
    /// How late a question of the schedule may be: two intervals, and a second between two looks.
    var lateness: Double
    var testDescription: String { name }
  }

  static let budgets = [
    Row(name: "the sandbox's budget", budget: .sandbox, lateness: 25),
    Row(name: "production's budget", budget: QueryBudget(interval: .seconds(1), burst: 1), lateness: 3),
  ]

  @Test(
    "A live payment is asked about on its own schedule, verify is answered, and the backlog goes on", arguments: budgets
  )
  func shopper(_ row: Row) async throws {
    try await House.with { house in
      let count = Self.count ?? 100_000
      try await house.makeStale(count, pushedAgo: 3 * 3_600)
      let paidAt = Microseconds.at(860)
      let safaricom = PacedSafaricom(house.clock) { name, now in
        switch name {
        case "ws_CO_live": now < .at(290) ? .pending(description: nil) : .final(.success, description: nil)
        case "ws_CO_watched": now < paidAt ? .pending(description: nil) : .final(.success, description: nil)
        default: .final("1032", description: nil)
        }
      }
      let paced = house.paced(safaricom, budget: row.budget)
      try await paced.run(until: .at(20))

      // One whose callback is lost, with nobody waiting for it.
      let live = try await house.accepted("ws_CO_live")
      let pushed = house.clock.now
      try await paced.run(until: .at(400))
      let late = zip(safaricom.times(of: "ws_CO_live"), [30.0, 60, 120, 300]).map {
        Double($0 - pushed) / 1_000_000 - $1
      }
      #expect(late.count >= 3 && late.allSatisfy { (0...row.lateness).contains($0) }, "\(late)")
      #expect(try await house.transaction(live).status == .completed)

      // One whose shopper asks every 3 s, and comes again when told to.
      try await paced.run(until: .at(680))
      let watched = try await house.accepted("ws_CO_watched")
      var waits: [Double] = []
      var (answered, told, kept) = (0, 0, 0)
      var promised: [Double] = []
      while try await house.transaction(watched).status == .pending, house.clock.now < .at(1_200) {
        let (outcome, waited) = try await paced.verify(watched)
        waits.append(Double(waited) / 1_000_000)
        switch outcome {
        case .asked:
          answered += 1
          try await paced.run(until: house.clock.now + .seconds(3))
        case .notNeeded: answered += 1
        case .later(let wait):
          told += 1
          // As Retry-After says it.
          let seconds = (Double(wait) / 1_000_000).rounded(.up)
          promised.append(seconds)
          try await paced.run(until: house.clock.now + .seconds(seconds))
          let (again, waited) = try await paced.verify(watched)
          if again == .asked || again == .notNeeded, waited == 0 { kept += 1 }
        case .failed, .notConfigured: throw House.Unexpected(what: "\(outcome)")
        }
      }
      #expect(try await house.transaction(watched).status == .completed)
      let longest = Double(row.budget.interval) / 1_000_000
      #expect(house.clock.now <= paidAt + .seconds(4 * longest + 10), "the shopper learns of it soon")
      #expect(waits.allSatisfy { $0 <= 5 }, "\(waits)")
      #expect(kept == told, "a time that is told is true")
      #expect(safaricom.excess(over: row.budget) == nil)
      let asked = safaricom.asked.count
      let backlog = asked - safaricom.times(of: "ws_CO_live").count - safaricom.times(of: "ws_CO_watched").count
      #expect(Double(backlog) >= Double(asked) / 4 - 1, "the backlog has its share")
      print(
        """
        \(row.name), \(count) stale: live asked \(late) s late; verify: \(answered) answered, \(told) told to come again \
        after \(promised) s, \(kept) of them answered at once then, longest wait \(waits.max() ?? 0) s; \(asked) asked
        """)
      if Self.count != nil { try await end(of: paced, safaricom, row, count) }
    }
  }

  @Test("The backlog ends, as soon as the budget allows", arguments: budgets)
  func ends(_ row: Row) async throws {
    guard Self.count == nil else { return }
    try await House.with { house in
      let count = 1_000
      try await house.makeStale(count, pushedAgo: 3 * 86_400)
      let safaricom = PacedSafaricom(house.clock) { _, _ in .final("1032", description: nil) }
      try await end(of: house.paced(safaricom, budget: row.budget), safaricom, row, count)
    }
  }

  /// Goes on until nothing is left to ask.
  private func end(of paced: PacedHouse, _ safaricom: PacedSafaricom, _ row: Row, _ count: Int) async throws {
    let house = paced.house
    let start = ContinuousClock.now
    while try await house.store.nextQuestionDue() != nil {
      guard let wait = await paced.sweeper.sweep() else { throw House.Unexpected(what: "the store failed") }
      house.clock.advance(to: house.clock.now + wait)
    }
    #expect(try await house.store.census().transactions[.pending] == 0)
    #expect(safaricom.excess(over: row.budget) == nil)
    let days = Double(house.clock.now - .at(0)) / 86_400_000_000
    let needed = Double(count) * Double(row.budget.interval) / 86_400_000_000
    #expect(days < needed * 1.01 + 0.02)
    print("\(row.name): the backlog ended after \(days) days; \(ContinuousClock.now - start) of real time")
  }
}
