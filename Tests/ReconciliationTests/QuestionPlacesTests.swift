import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

/// Only so many questions of the schedule are out at once. Who gets the places while they are scarce.
@Suite("The places of questions that are out", .timeLimit(.minutes(1)))
struct QuestionPlacesTests {
  @Test("While Safaricom is slow, and somebody verifies without end, young and backlog take turns")
  func slow() async throws {
    try await House.with { house in
      try await house.makeStale(30, pushedAgo: 3 * 3_600)
      for number in 0..<30 { _ = try await house.accepted("ws_CO_young_\(number)") }
      house.clock.advance(by: 30)
      var watched: [TransactionID] = []
      for number in 0..<40 { watched.append(try await house.accepted("ws_CO_watched_\(number)")) }
      let safaricom = SlowSafaricom { !$0.contains("watched") }
      let questioner = house.questioner(safaricom)
      await questioner.look()
      #expect(await questioner.flights.count == Questioner.scheduledAtOnce)
      for round in 0..<20 {
        for number in [2 * round, 2 * round + 1] {
          #expect(await questioner.ask(watched[number], for: "shop") == .asked)
        }
        await safaricom.answerOne()
        while await questioner.flights.count == Questioner.scheduledAtOnce { await Task.yield() }
        await questioner.look()
      }
      let asked = await questioner.standing.asked
      #expect(asked[.watched] == 40)
      #expect((10...14).contains(asked[.young] ?? 0) && (10...14).contains(asked[.backlog] ?? 0), "\(asked)")
      await safaricom.answerAll()
      await questioner.finish()
    }
  }

  @Test("Payments that cannot be asked about take no place of those that can, and are written down beside them")
  func notAskable() async throws {
    try await House.with { house in
      for _ in 0..<6 { _ = try await house.requested() }
      _ = try await house.accepted("ws_CO_1")
      house.clock.advance(by: 30)
      // Their commits take long.
      let gate = Gate()
      let slow = try await house.store.questionsDue(.young, at: house.clock.now, longestWait: .seconds(1e6), limit: 6)
        .filter { $0.checkoutRequestID == nil }.map(\.id)
      house.store.before { call in if slow.contains(where: { call == .settle($0) }) { await gate.pass() } }
      let daraja = ScriptedDaraja()
      let questioner = house.questioner(daraja)
      let look = await questioner.look()
      #expect(await questioner.flights.count == Questioner.notAskableAtOnce + 1, "each kind has its own places")
      #expect(look.isFull, "the next one has its place when one ends")
      while await daraja.queries.isEmpty { await Task.yield() }
      #expect(await daraja.queries == ["ws_CO_1"])
      gate.open()
      await questioner.finish()
    }
  }
}

/// Answers some questions only when it is told to, the oldest first.
private actor SlowSafaricom: DarajaAPI {
  private let isSlow: @Sendable (String) -> Bool
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var answersAll = false
  private var owed = 0

  init(isSlow: @escaping @Sendable (String) -> Bool) { self.isSlow = isSlow }

  func push(_ request: STKPushRequest) async -> PushOutcome {
    .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_1", customerMessage: nil)
  }

  func query(checkoutRequestID: String) async -> QueryOutcome {
    if isSlow(checkoutRequestID), !answersAll {
      if owed > 0 {
        owed -= 1
      } else {
        await withCheckedContinuation { waiting.append($0) }
      }
    }
    return .pending(description: nil)
  }

  func answerOne() {
    if waiting.isEmpty { owed += 1 } else { waiting.removeFirst().resume() }
  }

  func answerAll() {
    answersAll = true
    for one in waiting { one.resume() }
    waiting = []
  }
}
