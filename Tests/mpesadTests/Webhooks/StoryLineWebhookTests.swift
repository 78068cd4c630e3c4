import Payments
import Store
import Testing

@testable import mpesad

/// What `explain` tells of webhooks.
@Suite struct StoryLineWebhookTests {
  private static func told(_ rig: DeskRig, _ attempt: OutboxAttempt, _ verdict: OutboxVerdict) async throws
    -> [StoryLine]
  {
    let transaction = try await rig.prompted()
    _ = try await rig.settle(transaction, .queryAnswer(.result("1032", description: nil)), at: DeskRig.now)
    #expect(try await rig.store.webhookStory(of: transaction.id).isEmpty, "nothing happened yet")
    let entry = try #require(try await rig.store.outbox(dueAt: DeskRig.now, limit: 1).first)
    try await rig.store.conclude(attempt, of: entry.id, verdict)
    return try await rig.store.webhookStory(of: transaction.id)
  }

  @Test func aDeliveredOneIsOneLine() async throws {
    try await DeskRig.use { rig in
      let attempt = OutboxAttempt(at: DeskRig.now, duration: 5, status: 204, answer: "")
      let story = try await Self.told(rig, attempt, .delivered)
      #expect(story.map(\.what) == ["Your system was told payment.failed, and answered 204."])
    }
  }

  @Test func oneInVainIsToldWithWhatComesNext() async throws {
    try await DeskRig.use { rig in
      let attempt = OutboxAttempt(at: DeskRig.now, duration: 5, status: nil, answer: "no answer within 15 s.")
      let story = try await Self.told(rig, attempt, .parked(note: "Not taken in 11 attempts."))
      #expect(
        story.map(\.what) == [
          "Your system was to be told payment.failed, in vain: no answer within 15 s.",
          "payment.failed was given up. Not taken in 11 attempts.",
        ])
    }
  }
}
