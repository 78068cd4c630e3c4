import Daraja
import Payments
import Testing

/// A person may say which payment a delivery is about; only Safaricom says whether it is paid.
@Suite("Matches by a person")
struct MatchTests {
  private static let match = Match(
    delivery: DeliveryID(12), checkoutRequestID: Example.checkout, who: "asha", why: "same phone")

  private func unnamed(_ change: (inout Transaction) -> Void = { _ in }) throws -> Transaction {
    try Example.transaction {
      $0.push = .uncertain
      ($0.checkoutRequestID, $0.merchantRequestID) = (nil, nil)
      change(&$0)
    }
  }

  @Test("A match names the push, has Safaricom asked, and settles nothing")
  func matched() throws {
    let before = try unnamed()
    let decision = Example.settle(before, .operatorMatch(Self.match))
    var expected = before
    (expected.checkoutRequestID, expected.nextQueryAt) = (Example.checkout, before.nextQueryAt)
    expected.nextQueryAt = min(before.nextQueryAt ?? Example.now, Example.now)
    #expect(decision.transaction == expected && !decision.paysOrder && decision.notification == nil)
    #expect(decision.event.kind == .matched && decision.event.source == .ruling)
    #expect(decision.event.detail.contains("asha") && decision.event.detail.contains("same phone"))
  }

  @Test("Safaricom's answer settles what was matched")
  func answered() throws {
    let matched = Example.settle(try unnamed(), .operatorMatch(Self.match)).transaction
    #expect(Example.settle(matched, .queryAnswer(.result("0", description: nil))).transaction.status == .completed)
    #expect(Example.settle(matched, .queryAnswer(.result("1032", description: nil))).transaction.status == .failed)
    #expect(Example.settle(matched, .queryAnswer(.pending)).transaction.status == .pending)
  }

  @Test("The matched callback itself is a stranger's word still")
  func untrusted() throws {
    let matched = Example.settle(try unnamed(), .operatorMatch(Self.match)).transaction
    let decision = Example.settle(matched, .callback(try Example.success(), .none))
    #expect(decision.transaction.status == .pending && !decision.paysOrder && decision.event.kind == .untrusted)
  }

  static let settled: [(PaymentStatus, Reason?, Bool)] = [
    (.failed, .timeout, true), (.failed, .ruledFailed, true), (.review, .unanswered, true),
    (.review, .contradictory, false), (.review, .amountMismatch, false),
  ]

  @Test("A settled payment is asked about only where an answer could still change it", arguments: settled)
  func asksAgain(status: PaymentStatus, reason: Reason?, asks: Bool) throws {
    let before = try unnamed { ($0.status, $0.reason, $0.nextQueryAt, $0.settledAt) = (status, reason, nil, 1) }
    let after = Example.settle(before, .operatorMatch(Self.match)).transaction
    #expect(after.status == status && after.reason == reason && (after.nextQueryAt != nil) == asks)
  }

  static let objections: [(String, MatchObjection, @Sendable (inout Transaction) -> Void)] = [
    ("completed", .completed, { $0.status = .completed }),
    ("with a name of its own", .named, { $0.checkoutRequestID = "ws_CO_other" }),
    ("whose answer is on its way", .answerDue, { $0.push = .requested }),
    ("whose push was refused", .rejected, { $0.push = .rejected }),
  ]

  @Test("A payment that cannot be the one is not matched", arguments: objections.indices)
  func refused(index: Int) throws {
    let (name, objection, change) = Self.objections[index]
    let before = try unnamed(change)
    #expect(before.objectionToMatch == objection, "\(name)")
    let decision = Example.settle(before, .operatorMatch(Self.match))
    #expect(decision.transaction == before && decision.event.kind == .ignored, "\(name)")
  }

  @Test("Another phone or amount than the callback's is an objection; what it does not tell is none")
  func clues() throws {
    let transaction = try unnamed()
    #expect(transaction.objection(to: MatchClues(try Example.success())) == nil)
    #expect(transaction.objection(to: MatchClues(Example.refusal("1032"))) == nil)
    #expect(transaction.objection(to: MatchClues(STKCallback(checkoutRequestID: "ws_CO_1", resultCode: "1"))) == nil)
    let amount = try Example.success { $0.amount = Example.otherAmount }
    #expect(transaction.objection(to: MatchClues(amount)) == .otherAmount)
    let name = try Example.success { $0.checkoutRequestID = "ws_CO_24112026101112345711222333" }
    #expect(transaction.objection(to: MatchClues(name)) == .otherPhone)
    let payer = try Example.success { $0.phone = "254711222333" }
    #expect(transaction.objection(to: MatchClues(payer)) == .otherPhone)
    let masked = try Example.success { $0.phone = "2547****333" }
    #expect(transaction.objection(to: MatchClues(masked)) == nil)
  }

  @Test("Safaricom's own word replaces a person's, until the payment is completed")
  func proofWins() throws {
    let wrong = Match(delivery: DeliveryID(12), checkoutRequestID: "ws_CO_wrong", who: "asha", why: "a slip")
    let matched = Example.settle(try unnamed(), .operatorMatch(wrong)).transaction
    #expect(matched.isMatchedByPerson)
    let proven = Example.settle(matched, .callback(try Example.success(), .token)).transaction
    #expect(proven.status == .completed && proven.checkoutRequestID == Example.checkout)
    let accepted = PushAnswer.accepted(merchantRequestID: nil, checkoutRequestID: Example.checkout)
    let late = Example.settle(matched, .pushAnswer(accepted)).transaction
    #expect(late.checkoutRequestID == Example.checkout && !late.isMatchedByPerson)
    let paid = Example.settle(matched, .queryAnswer(.result("0", description: nil))).transaction
    let contradicted = Example.settle(paid, .callback(try Example.success(), .token))
    #expect(contradicted.transaction == paid && contradicted.event.kind == .contradicted)
  }
}
