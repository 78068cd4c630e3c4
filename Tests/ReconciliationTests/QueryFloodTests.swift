import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

@Suite("5,000 stale payments at the start", .timeLimit(.minutes(2)))
struct QueryFloodTests {
  @Test("Safaricom is never asked above the budget, in any window, and everyone is asked in the end")
  func neverAboveBudget() async throws {
    try await House.with { house in
      let count = 5_000
      let budget = QueryBudget(interval: .seconds(0.5), burst: 4)
      let all = try await house.store.inner.seedPendingTransactions(count)
      try await house.store.inner.write { db in
        try db.execute(
          sql: "UPDATE transactions SET next_query_at = ?, created_at = ?",
          arguments: [Microseconds.at(0), Microseconds.at(0)])
      }
      house.clock.advance(by: 3_600)
      let clock = house.clock
      let asked = Collected<Microseconds>()
      let daraja = ScriptedDaraja(query: { _ in
        asked.add(clock.now)
        return .final("1032", description: nil)
      })
      let sweeper = house.sweeper(house.questioner(daraja, budget: budget))
      while try await house.store.nextQuestionDue() != nil {
        guard let wake = await sweeper.sweep() else { throw House.Unexpected(what: "the store failed") }
        house.clock.advance(to: house.clock.now + wake)
      }
      let arrivals = asked.all.sorted()
      #expect(arrivals.count == count)
      #expect(await Set(daraja.queries).count == count)
      #expect(try await house.store.census().transactions[.pending] == 0)
      #expect(try await house.transaction(all.upperBound).reason == .cancelled)
      // In any window: burst + length/interval. It is enough to look at windows that begin and end with a question.
      for first in arrivals.indices {
        for length in [1, 2, 4, 5, 8, 20, 100, 1_000] where first + length < arrivals.count {
          let window = arrivals[first + length] - arrivals[first]
          guard length + 1 <= budget.burst + Int(window / budget.interval) else {
            Issue.record("\(length + 1) questions in \(window) µs, from question \(first)")
            return
          }
        }
      }
      let needed = Microseconds(count - budget.burst) * budget.interval
      #expect(house.clock.now - .at(3_600) < needed + .seconds(10), "and the budget is used")
    }
  }
}
