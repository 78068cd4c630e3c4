import Daraja
import Payments
import Testing

/// A transaction that Safaricom has not named: its address is all that ties a callback to it, so that what else is told must fit.
@Suite("Settlement, which callback may name a transaction")
struct NamingTests {
  /// How the transaction stands before the callback.
  enum Standing: String, CaseIterable {
    case requested, uncertain, matchedByPerson

    var transaction: Transaction {
      get throws {
        try Example.transaction { transaction in
          transaction.push = self == .requested ? .requested : .uncertain
          transaction.checkoutRequestID = self == .matchedByPerson ? "ws_CO_by_a_person" : nil
          transaction.merchantRequestID = nil
        }
      }
    }
  }

  static let fitting: [String?] = [
    "254712345678", "0712345678", nil, "", "2547****5678", "254*******78", "not a number",
  ]
  static let others = ["254711222333", "0711222333", "254712345679"]

  @Test(
    "The phone of the prompt, in whatever spelling, and one that is masked or missing", arguments: Standing.allCases,
    fitting)
  func fits(standing: Standing, phone: String?) throws {
    let decision = Example.settle(
      try standing.transaction, .callback(try Example.success { $0.phone = phone }, .token))
    #expect(decision.transaction.status == .completed && decision.paysOrder)
    #expect(decision.transaction.checkoutRequestID == Example.checkout)
    #expect(try decision.transaction.receipt == Example.receipt)
  }

  @Test("Another phone: a person decides, and neither name nor receipt is taken", arguments: Standing.allCases, others)
  func otherPhone(standing: Standing, phone: String) throws {
    let before = try standing.transaction
    for callback in [
      try Example.success { $0.phone = phone },
      try Example.success {
        $0.phone = phone
        $0.checkoutRequestID = nil
      },
      STKCallback(checkoutRequestID: Example.checkout, resultCode: "1032", phone: phone),
    ] {
      let decision = Example.settle(before, .callback(callback, .token))
      let after = decision.transaction
      #expect(after.status == .review && after.reason == .contradictory && !decision.paysOrder)
      #expect(after.checkoutRequestID == before.checkoutRequestID && after.receipt == nil)
      #expect(after.push == before.push && after.nextQueryAt == nil)
      #expect(decision.notification == .review && decision.event.kind == .review)
      let detail = decision.event.detail
      #expect(detail.contains("phone") && detail.contains("2547••••678"), "\(detail)")
      #expect(try callback.receipt == nil || detail.contains(Example.receipt.text), "a person must know what it claims")
      for digits in ["712345678", "711222333", "712345679"] { #expect(!detail.contains(digits), "\(detail)") }
    }
  }

  @Test("Where Safaricom has named the push, the phone is no matter: the name is the proof")
  func named() throws {
    let decision = Example.settle(
      try Example.transaction(), .callback(try Example.success { $0.phone = "254711222333" }, .token))
    #expect(decision.transaction.status == .completed && decision.paysOrder)
  }

  @Test("A CheckoutRequestID of another transaction: a person decides", arguments: Standing.allCases)
  func nameOfAnother(standing: Standing) throws {
    let before = try standing.transaction
    let held = Circumstances(checkoutHeldBy: Example.other, nextQueryAt: Example.scheduled)
    let byCallback = Example.settle(before, .callback(try Example.success(), .token), in: held)
    #expect(byCallback.transaction.receipt == nil && byCallback.transaction.push == before.push)
    let answer = PushAnswer.accepted(merchantRequestID: nil, checkoutRequestID: Example.checkout)
    let byAnswer = Example.settle(before, .pushAnswer(answer), in: held)
    #expect(byAnswer.transaction.push == .uncertain, "it was prompted, and what for is not known")
    for decision in [byCallback, byAnswer] {
      #expect(decision.transaction.status == .review && decision.transaction.reason == .contradictory)
      #expect(decision.transaction.checkoutRequestID == before.checkoutRequestID && !decision.paysOrder)
      #expect(decision.notification == .review && decision.event.detail.contains("transaction 77"))
    }
  }

  @Test("A payment that is completed is never left, whatever contradicts it")
  func completed() throws {
    let before = try Example.transaction { transaction in
      transaction.checkoutRequestID = nil
      transaction.status = .completed
      transaction.flags = .receiptMissing
      transaction.settledAt = Example.now
      transaction.nextQueryAt = nil
    }
    let held = Circumstances(checkoutHeldBy: Example.other, nextQueryAt: Example.scheduled)
    let answer = PushAnswer.accepted(merchantRequestID: nil, checkoutRequestID: Example.checkout)
    for decision in [
      Example.settle(before, .callback(try Example.success { $0.phone = "254711222333" }, .token)),
      Example.settle(before, .callback(try Example.success(), .token), in: held),
      Example.settle(before, .pushAnswer(answer), in: held),
    ] {
      #expect(decision.transaction == before && decision.notification == nil && !decision.paysOrder)
    }
  }
}
