import DarajaSimulator
import Payments
import Testing

@testable import mpesad

@Suite struct DemoPaceTests {
  @Test(arguments: [DemoPace.range.lowerBound, DemoPace.standard, DemoPace.range.upperBound])
  func allWaitsOfTheDaemonAreScaledAlike(_ factor: Double) async throws {
    let pace = DemoPace(factor: factor)
    let settings = try await pace.settings(
      simulator: SimulatorConfiguration(), daraja: "http://127.0.0.1:1", port: 2, state: "/tmp/none")
    func scaled(_ seconds: Double) -> Int64 { Int64((seconds * factor * 1_000_000).rounded()) }
    func isClose(_ left: Int64, _ right: Int64) -> Bool { abs(left - right) <= 1 }
    #expect(zip(settings.schedule.offsets, DemoPace.querySchedule).allSatisfy { isClose($0, scaled($1)) })
    #expect(settings.schedule.offsets.count == DemoPace.querySchedule.count)
    #expect(isClose(settings.budget.interval, scaled(DemoPace.queryInterval)))
    #expect(isClose(settings.breakerRest, scaled(DemoPace.breakerRest)))
    #expect(isClose(settings.rules.promptLifetime, scaled(DemoPace.promptLifetime)))
    #expect(settings.daraja?.callbackBase == "http://127.0.0.1:2/api/payments/callbacks")
  }

  /// The waits of the simulator that the schedule of questions is made for.
  @Test func theScheduleFitsTheStories() throws {
    let delays = SimulatorDelays()
    let first = try #require(DemoPace.querySchedule.first)
    #expect(.seconds(first) > delays.customerAnswers * 2)
    // In the worst case the two that come first both have jitter and the budget against them.
    #expect(.seconds(first * 1.1 + DemoPace.queryInterval * 2) < delays.lateCallback)
    #expect(DemoPace.queryInterval == 60 / 5)
  }
}
