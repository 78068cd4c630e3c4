import Daraja
import Payments
import Testing

/// The push itself: what is known of it, and who may come first.
@Suite("Settlement, the push and its answer")
struct PushAnswerTests {
  private static let accepted = Evidence.pushAnswer(
    .accepted(merchantRequestID: "29115-34620561-1", checkoutRequestID: Example.checkout))

  private static func requested() throws -> Transaction {
    try Example.transaction { transaction in
      transaction.push = .requested
      transaction.checkoutRequestID = nil
      transaction.merchantRequestID = nil
    }
  }

  @Test("An accepted push stays pending, since accepted is not paid")
  func accepted() throws {
    let before = try Self.requested()
    let decision = Example.settle(before, Self.accepted)
    #expect(decision.transaction.status == .pending)
    #expect(decision.transaction.push == .accepted)
    #expect(decision.transaction.checkoutRequestID == Example.checkout)
    #expect(decision.transaction.merchantRequestID == "29115-34620561-1")
    #expect(decision.transaction.nextQueryAt == before.nextQueryAt)
    #expect(decision.notification == nil)
  }

  @Test(
    "A rejected push fails at once: nobody was prompted",
    arguments: [(false, Reason.pushRejected), (true, Reason.configuration)])
  func rejected(ours: Bool, reason: Reason) throws {
    for push in [PushState.requested, .uncertain] {
      var before = try Self.requested()
      before.push = push
      let decision = Example.settle(
        before, .pushAnswer(.rejected(code: "400.002.02", detail: "Invalid PhoneNumber", ours: ours)))
      #expect(decision.transaction.status == .failed)
      #expect(decision.transaction.reason == reason)
      #expect(decision.transaction.push == .rejected)
      #expect(decision.transaction.resultCode == "400.002.02")
      #expect(decision.transaction.nextQueryAt == nil)
      #expect(decision.notification == .failed)
    }
  }

  @Test("A lost answer leaves the push uncertain, and the transaction pending with its next question")
  func uncertain() throws {
    let before = try Self.requested()
    let decision = Example.settle(before, .pushAnswer(.uncertain(detail: "timeout")))
    #expect(decision.transaction.push == .uncertain)
    #expect(decision.transaction.status == .pending)
    #expect(decision.transaction.nextQueryAt == before.nextQueryAt)
  }

  @Test("A lost answer does not unlearn an acceptance")
  func uncertainAfterAcceptance() throws {
    let decision = Example.settle(try Example.transaction(), .pushAnswer(.uncertain(detail: "timeout")))
    #expect(decision.transaction.push == .accepted)
    #expect(decision.transaction.checkoutRequestID == Example.checkout)
  }

  @Test("A callback may come before the push answer: it names the push, and the answer then fits it")
  func callbackFirst() throws {
    let paid = Example.settle(try Self.requested(), .callback(try Example.success(), .token))
    #expect(paid.transaction.status == .completed)
    #expect(paid.transaction.push == .accepted)
    #expect(paid.transaction.checkoutRequestID == Example.checkout)
    let answered = Example.settle(paid.transaction, Self.accepted)
    #expect(answered.transaction == paid.transaction)
    #expect(answered.event.kind == .pushAccepted)
  }

  @Test("A callback finds the transaction whose push answer was lost")
  func callbackAfterLostAnswer() throws {
    let lost = Example.settle(try Self.requested(), .pushAnswer(.uncertain(detail: "timeout")))
    let paid = Example.settle(lost.transaction, .callback(try Example.success(), .token))
    #expect(paid.transaction.status == .completed)
    #expect(paid.transaction.push == .accepted)
    #expect(paid.paysOrder)
  }

  @Test("A callback without any id, as E3008 has come, is taken by its token")
  func callbackWithoutIDs() throws {
    let decision = Example.settle(
      try Self.requested(), .callback(STKCallback(resultCode: "E3008"), .token))
    #expect(decision.transaction.status == .failed)
    #expect(decision.transaction.checkoutRequestID == nil)
  }

  @Test("A rejection that arrives after the callback proved a prompt changes nothing")
  func rejectionAfterCallback() throws {
    let cancelled = Example.settle(try Self.requested(), .callback(Example.refusal("1032"), .token))
    let decision = Example.settle(
      cancelled.transaction, .pushAnswer(.rejected(code: nil, detail: "Invalid PhoneNumber", ours: false)))
    #expect(decision.transaction == cancelled.transaction)
    #expect(decision.event.kind == .contradicted)
  }

  @Test("Success after a rejected push is still money: completed, flagged late_success")
  func successAfterRejection() throws {
    let rejected = Example.settle(
      try Self.requested(), .pushAnswer(.rejected(code: nil, detail: "refused", ours: false)))
    let decision = Example.settle(rejected.transaction, .callback(try Example.success(), .token))
    #expect(decision.transaction.status == .completed)
    #expect(decision.transaction.flags == .lateSuccess)
  }

  @Test("A stranger cannot make us ask about a push that has no CheckoutRequestID and is over")
  func nothingToAskWith() throws {
    let rejected = Example.settle(
      try Self.requested(), .pushAnswer(.rejected(code: nil, detail: "refused", ours: false)))
    let decision = Example.settle(rejected.transaction, .callback(try Example.success(), .none))
    #expect(decision.transaction.nextQueryAt == nil)
  }
}
