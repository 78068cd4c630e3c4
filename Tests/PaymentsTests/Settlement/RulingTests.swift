import Daraja
import Payments
import Testing

/// What a person decides, and what may still happen to it.
@Suite("Settlement, review and rulings")
struct RulingTests {
  private static let refunded = Evidence.operatorRuling(.failed, who: "asha", why: "refunded in the portal")
  private static let came = Evidence.operatorRuling(.completed, who: "asha", why: "in the statement")

  @Test("The timeline says who ruled what, and why")
  func recorded() throws {
    let decision = Example.settle(try Standing.unanswered.transaction, Self.came)
    #expect(decision.event.source == .ruling)
    #expect(decision.event.detail.contains("asha"))
    #expect(decision.event.detail.contains("in the statement"))
  }

  @Test("Ruled completed pays the order, and says that a receipt is missing when it is")
  func completed() throws {
    let unanswered = Example.settle(try Standing.unanswered.transaction, Self.came)
    #expect(unanswered.paysOrder)
    #expect(unanswered.transaction.flags == .receiptMissing)
    let mismatched = Example.settle(try Standing.mismatched.transaction, Self.came)
    #expect(mismatched.paysOrder)
    #expect(mismatched.transaction.flags == [])
    #expect(mismatched.transaction.reason == nil)
    #expect(mismatched.transaction.receivedAmount == Example.otherAmount)
  }

  @Test("Ruled completed twice pays once")
  func twice() throws {
    let first = Example.settle(try Standing.unanswered.transaction, Self.came)
    let second = Example.settle(first.transaction, Self.came)
    #expect(second.transaction == first.transaction)
    #expect(!second.paysOrder)
  }

  @Test("The mismatched callback again, after the ruling that accepted it, is a duplicate")
  func replayAfterAcceptance() throws {
    let replay = Evidence.callback(try Example.success { $0.amount = Example.otherAmount }, .token)
    let ruled = Example.settle(try Standing.mismatched.transaction, Self.came)
    let decision = Example.settle(ruled.transaction, replay)
    #expect(decision.transaction == ruled.transaction)
    #expect(decision.event.kind == .duplicate)
  }

  @Test("The same money again does not overturn a ruling that sent it back")
  func replayAfterRefund() throws {
    let ruled = Example.settle(try Standing.mismatched.transaction, Self.refunded)
    #expect(ruled.transaction.status == .failed)
    let replays = [
      Evidence.callback(try Example.success { $0.amount = Example.otherAmount }, .token),
      .callback(try Example.success(), .token), .queryAnswer(.result("0", description: nil)),
    ]
    for replay in replays {
      let decision = Example.settle(ruled.transaction, replay)
      #expect(decision.transaction.status == .failed)
      #expect(decision.transaction.reason == .ruledFailed)
      #expect(!decision.paysOrder)
      #expect(decision.notification == nil)
      #expect(decision.event.kind == .ignored)
    }
  }

  @Test("A stranger cannot turn refunded money into a paid order by making us ask")
  func strangerAfterRefund() throws {
    let ruled = Example.settle(try Standing.mismatched.transaction, Self.refunded)
    let asking = Example.settle(ruled.transaction, .callback(try Example.success(), .none))
    let answered = Example.settle(asking.transaction, .queryAnswer(.result("0", description: nil)))
    #expect(answered.transaction.status == .failed)
    #expect(answered.transaction.nextQueryAt == nil)
    #expect(!answered.paysOrder)
  }

  @Test("Money that nobody had seen when a person ruled is still money: completed, flagged late_success")
  func moneyAfterRuling() throws {
    let ruled = Example.settle(
      try Standing.unanswered.transaction, .operatorRuling(.failed, who: "asha", why: "not in the statement"))
    let decision = Example.settle(ruled.transaction, .callback(try Example.success(), .token))
    #expect(decision.transaction.status == .completed)
    #expect(decision.transaction.flags == .lateSuccess)
    #expect(decision.paysOrder)
  }

  @Test("An unanswered transaction in review is settled by trusted evidence without a person")
  func unansweredSettles() throws {
    let paid = Example.settle(try Standing.unanswered.transaction, .callback(try Example.success(), .token))
    #expect(paid.transaction.status == .completed)
    let refused = Example.settle(try Standing.unanswered.transaction, .queryAnswer(.result("1032", description: nil)))
    #expect(refused.transaction.status == .failed)
  }

  @Test(
    "Evidence that contradicts itself waits for the ruling, whatever comes in between",
    arguments: [Reason.amountMismatch, .receiptReused, .contradictory])
  func contradictionWaits(reason: Reason) throws {
    var transaction = try Standing.mismatched.transaction
    transaction.reason = reason
    for evidence in [
      Evidence.callback(try Example.success(), .token), .callback(Example.refusal("1032"), .token),
      .queryAnswer(.result("0", description: nil)), .queryAnswer(.pending),
    ] {
      let decision = Example.settle(transaction, evidence)
      #expect(decision.transaction.status == .review)
      #expect(decision.transaction.reason == reason)
      #expect(!decision.paysOrder)
    }
  }
}
