import Daraja
import Payments
import Synchronization

@testable import Reconciliation
@testable import Store

/// The program at work on a clock that a test moves: nothing happens but what is due, and each wait is over when its time has come.
struct PacedHouse: Sendable {
  let house: House
  let questioner: Questioner
  let sweeper: StaleSweeper
  let watch: ClockWatch

  /// Looks, and goes on to the moment at which it wants to look again, but not beyond `end`.
  private func step(until end: Microseconds) async throws {
    await watch.look(1)
    guard let wait = await sweeper.sweep() else { throw House.Unexpected(what: "the store failed") }
    house.clock.advance(to: min(house.clock.now + max(wait, 1_000), end))
  }

  /// Lets time pass, and everything happen that is due until then.
  func run(until end: Microseconds) async throws {
    while house.clock.now < end { try await step(until: end) }
    _ = await sweeper.sweep()
  }

  /// What somebody who verifies is told, and after how long.
  func verify(_ id: TransactionID, by caller: String = "shopper") async throws -> (
    outcome: AskOutcome, waited: Microseconds
  ) {
    let start = house.clock.now
    let told = Mutex<AskOutcome?>(nil)
    let asking = Task {
      let outcome = await questioner.ask(id, for: caller)
      told.withLock { $0 = outcome }
    }
    while told.withLock({ $0 == nil }) {
      // Only one who waits for the question to be put sleeps, and nobody does who was answered in this moment.
      let isWaiting = await questioner.queue.position(of: .payment(id)) != nil
      if isWaiting, let wake = house.clock.nextWake {
        guard let wait = await sweeper.sweep() else { throw House.Unexpected(what: "the store failed") }
        if await questioner.queue.position(of: .payment(id)) != nil {
          house.clock.advance(to: min(house.clock.now + max(wait, 1_000), wake))
        }
      } else {
        await Task.yield()
      }
    }
    await asking.value
    return (told.withLock { $0 } ?? .failed, house.clock.now - start)
  }
}

extension House {
  func paced(_ daraja: any DarajaAPI, budget: QueryBudget, schedule: QuerySchedule = .plain) -> PacedHouse {
    let questioner = questioner(daraja, schedule: schedule, budget: budget)
    let watch = ClockWatch(store: store.inner, source: clock.source(), audit: audit)
    return PacedHouse(house: self, questioner: questioner, sweeper: sweeper(questioner), watch: watch)
  }

  /// Payments whose callbacks were lost while the program was down: pushed so many seconds ago, one after the other, all long due.
  @discardableResult
  func makeStale(_ count: Int, pushedAgo seconds: Double) async throws -> ClosedRange<TransactionID> {
    let all = try await store.inner.seedPendingTransactions(count)
    let pushed = clock.now - .seconds(seconds)
    try await store.inner.write { db in
      try db.execute(
        sql: "UPDATE transactions SET created_at = ? + id, next_query_at = ? + id + 30000000 WHERE id BETWEEN ? AND ?",
        arguments: [pushed, pushed, all.lowerBound.number, all.upperBound.number])
    }
    return all
  }
}

/// What Safaricom was asked, and when; it answers by the name.
final class PacedSafaricom: DarajaAPI {
  private let state = Mutex<(asked: [(at: Microseconds, name: String)], mostAtOnce: Int)>(([], 0))
  private let clock: VirtualClock
  private let answer: @Sendable (String, Microseconds) -> QueryOutcome

  init(_ clock: VirtualClock, answer: @escaping @Sendable (String, Microseconds) -> QueryOutcome) {
    self.clock = clock
    self.answer = answer
  }

  var asked: [(at: Microseconds, name: String)] { state.withLock { $0.asked } }

  func times(of name: String) -> [Microseconds] { asked.filter { $0.name == name }.map(\.at) }

  func push(_ request: STKPushRequest) async -> PushOutcome {
    .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_1", customerMessage: nil)
  }

  func query(checkoutRequestID: String) async -> QueryOutcome {
    let now = clock.now
    state.withLock { $0.asked.append((now, checkoutRequestID)) }
    return answer(checkoutRequestID, now)
  }

  /// The first place at which more was asked than a budget allows, in any window; nil where there is none.
  func excess(over budget: QueryBudget) -> String? {
    let times = asked.map(\.at)
    for first in times.indices {
      for length in [1, 2, 3, 4, 5, 8, 20, 100, 1_000, 10_000] where first + length < times.count {
        let window = times[first + length] - times[first]
        if length + 1 > budget.burst + Int(window / budget.interval) {
          return "\(length + 1) questions in \(window) µs, from question \(first)"
        }
      }
    }
    return nil
  }
}
