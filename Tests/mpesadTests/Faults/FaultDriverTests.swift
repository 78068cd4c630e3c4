import Foundation
import Testing

@testable import mpesad

/// The driver sees what it is there to see.
@Suite(
  .enabled(if: Requirement.met(FaultLibrary.compiler != nil), "there is neither clang nor cc to compile the library"),
  .serialized)
struct FaultDriverTests {
  static let failedSyncs = FaultPlan(site: FaultSite(call: .fdatasync, file: .log), kind: .error(EIO))

  @Test func aRunWithoutAFaultLosesNothing() async throws {
    let outcome = try await FaultRun.outcome(of: FaultScenario(moment: .load))
    #expect(outcome.losses == [], "\(outcome)\n\(outcome.said)")
    #expect(outcome.acknowledged > 50 && outcome.injected == 0 && outcome.endings == [0], "\(outcome)")
  }

  @Test func anAcknowledgedCallbackThatIsNotInTheInboxIsSeen() async throws {
    let outcome = try await FaultRun.outcome(of: FaultScenario(moment: .load)) { $0.client.pretend(690) }
    #expect(outcome.lost == [690] && outcome.unsettled == [690], "\(outcome)")
    #expect(outcome.losses.first == "lost 1")
  }

  @Test func syncsOfTheLogThatFailAndAKillLoseNothing() async throws {
    let outcome = try await FaultRun.outcome(
      of: FaultScenario(moment: .load, plan: Self.failedSyncs, blow: .kill))
    #expect(outcome.injected > 0, "\(outcome)")
    #expect(outcome.losses == [], "\(outcome)\n\(outcome.said)")
  }
}
