import Daraja
import Payments
import Testing

/// The rules that a merchant relies on, each by its name.
@Suite("Settlement, the rules that must hold")
struct SettlementRuleTests {
  @Test("Success over another amount than asked ends in review", arguments: [1, 99, 149_999, 150_001, 15_000_000])
  func anotherAmount(cents: Int64) throws {
    let decision = Example.settle(
      try Example.transaction(), .callback(try Example.success { $0.amount = Amount(cents: cents) }, .token))
    #expect(decision.transaction.status == .review)
    #expect(decision.transaction.reason == .amountMismatch)
    #expect(decision.transaction.receivedAmount == Amount(cents: cents), "a person must see what came")
    #expect(try decision.transaction.receipt == Example.receipt, "and the receipt must not pay elsewhere")
    #expect(!decision.paysOrder)
  }

  @Test("A receipt already used elsewhere ends in review, and stays with its holder")
  func receiptUsedElsewhere() throws {
    let decision = Example.settle(
      try Example.transaction(), .callback(try Example.success(), .token),
      in: Circumstances(receiptHeldBy: Example.other))
    #expect(decision.transaction.status == .review)
    #expect(decision.transaction.reason == .receiptReused)
    #expect(decision.transaction.receipt == nil)
    #expect(!decision.paysOrder)
    #expect(decision.event.detail.contains("NLJ7RT61SV") && decision.event.detail.contains("77"))
  }

  @Test("Two different receipts: the second never completes, never replaces the first, and a person sees it")
  func twoReceipts() throws {
    let mismatch = Example.settle(
      try Example.transaction(), .callback(try Example.success { $0.amount = Example.otherAmount }, .token))
    let second = Evidence.callback(try Example.success { $0.receipt = try Example.otherReceipt }, .token)

    let inReview = Example.settle(mismatch.transaction, second)
    #expect(inReview.transaction.status == .review)
    #expect(inReview.event.detail.contains("TKX0AA11BB"), "whoever rules must learn of the second receipt")

    let ruledFailed = Example.settle(mismatch.transaction, .operatorRuling(.failed, who: "asha", why: "refunded"))
    #expect(ruledFailed.transaction.status == .failed)
    let afterRuling = Example.settle(ruledFailed.transaction, second)
    #expect(afterRuling.transaction.status == .review)
    #expect(afterRuling.transaction.reason == .contradictory)
    #expect(try afterRuling.transaction.receipt == Example.receipt)
    #expect(!afterRuling.paysOrder)
  }

  @Test("Completed is never left, and its receipt never replaced, whatever comes", arguments: try SettlementTable.all)
  func completedStays(row: SettlementRow) throws {
    for standing in [Standing.completed, .completedWithoutReceipt] {
      let before = try standing.transaction
      let decision = Example.settle(before, row.evidence, in: row.circumstances)
      #expect(decision.transaction.status == .completed)
      #expect(before.receipt == nil || decision.transaction.receipt == before.receipt)
      #expect(!decision.paysOrder, "it has paid already")
      #expect(decision.transaction.nextQueryAt == nil, "nothing is left to ask")
    }
  }

  @Test(
    "A failure after success is an event and changes nothing else", arguments: ["1032", "1037", "1", "2001", "8006"])
  func failureAfterSuccess(code: String) throws {
    let completed = try Standing.completed.transaction
    let decision = Example.settle(completed, .callback(Example.refusal(ResultCode(code)), .token))
    #expect(decision.transaction == completed)
    #expect(decision.event.kind == .ignored)
    #expect(decision.event.resultCode == ResultCode(code))
    #expect(decision.notification == nil)
  }

  @Test("Trusted success after failure completes, flagged late_success, and pays")
  func lateSuccess() throws {
    for evidence in [Evidence.callback(try Example.success(), .token), .queryAnswer(.result("0", description: nil))] {
      let decision = Example.settle(try Standing.failed.transaction, evidence)
      #expect(decision.transaction.status == .completed)
      #expect(decision.transaction.reason == nil)
      #expect(decision.transaction.flags.contains(.lateSuccess))
      #expect(decision.event.kind == .lateSuccess)
      #expect(decision.paysOrder)
    }
  }

  @Test("Late success for an order that another transaction has paid is flagged duplicate_payment and pays nothing")
  func duplicatePayment() throws {
    let decision = Example.settle(
      try Standing.failed.transaction, .callback(try Example.success(), .token),
      in: Circumstances(orderPaidBy: Example.other))
    #expect(decision.transaction.status == .completed)
    #expect(decision.transaction.flags.names == ["late_success", "duplicate_payment"])
    #expect(!decision.paysOrder)
    #expect(decision.event.detail.contains("refund"))
  }

  @Test(
    "What comes to the bare address settles nothing: Safaricom is asked, now", arguments: ["0", "1032", "1037", "17"])
  func untrusted(code: String) throws {
    let forged = try Example.success { $0.resultCode = ResultCode(code) }
    for standing in Standing.allCases {
      let before = try standing.transaction
      let decision = Example.settle(before, .callback(forged, .none))
      var unasked = decision.transaction
      unasked.nextQueryAt = before.nextQueryAt
      #expect(unasked == before, "only the next question may move")
      #expect(decision.event.kind == .untrusted)
      #expect(decision.notification == nil)
      #expect(!decision.paysOrder)
    }
    #expect(Example.settle(try Example.transaction(), .callback(forged, .none)).transaction.nextQueryAt == Example.now)
  }

  @Test(
    "Answers without information settle nothing",
    arguments: [
      QueryAnswer.pending, .result("4999", description: "The transaction is still under processing"),
      .noInformation(detail: "HTTP 500 500.001.1001"), .noInformation(detail: "spike arrest"),
      .noInformation(detail: "an HTML page"), .noInformation(detail: "an empty body"), .result("", description: nil),
      .result("nonsense", description: nil), .result("1001", description: nil), .result("26", description: nil),
      .result("9999", description: nil), .result("BW-HTTP-100300", description: nil),
    ])
  func noInformation(answer: QueryAnswer) throws {
    for standing in Standing.allCases {
      let before = try standing.transaction
      let decision = Example.settle(before, .queryAnswer(answer))
      #expect(decision.transaction.status == before.status)
      #expect(decision.transaction.reason == before.reason)
      #expect(decision.notification == nil)
    }
  }

  @Test(
    "Only exactly 0 is success",
    arguments: [
      "00", "0.0", "", " 0", "0 ", "+0", "-0", "0x0", "０", "٠", "0\n", "0\0", "null", "false", "E3008", "O", "0,0",
    ])
  func onlyZero(code: String) throws {
    let decisions = [
      Example.settle(
        try Example.transaction(),
        .callback(try Example.success { $0.resultCode = ResultCode(code) }, .token)),
      Example.settle(try Example.transaction(), .queryAnswer(.result(ResultCode(code), description: nil))),
    ]
    for decision in decisions {
      #expect(decision.transaction.status != .completed)
      #expect(!decision.paysOrder)
    }
  }

  @Test("Result codes are text: E3008 is a refusal, not a zero")
  func codesAreText() throws {
    let decision = Example.settle(try Example.transaction(), .callback(Example.refusal("E3008"), .token))
    #expect(decision.transaction.status == .failed)
    #expect(decision.transaction.reason == .badDebt)
    #expect(decision.transaction.resultCode == "E3008")
  }

  @Test(
    "Every final refusal has its reason",
    arguments: [
      ("1", Reason.insufficientFunds), ("2", .limit), ("3", .limit), ("4", .limit), ("8", .merchantLimit),
      ("11", .invalidParty), ("20", .configuration), ("1019", .timeout), ("1025", .promptFailed), ("1031", .cancelled),
      ("1032", .cancelled), ("1036", .timeout), ("1037", .timeout), ("2001", .wrongPIN), ("2028", .configuration),
      ("2029", .configuration), ("3002", .timeout), ("8006", .pinLocked), ("SFC_IC0003", .configuration),
      ("TP40087", .wrongPIN), ("E3008", .badDebt),
    ])
  func refusals(code: String, reason: Reason) throws {
    let byCallback = Example.settle(try Example.transaction(), .callback(Example.refusal(ResultCode(code)), .token))
    let byQuery = Example.settle(
      try Example.transaction(), .queryAnswer(.result(ResultCode(code), description: "why")))
    for decision in [byCallback, byQuery] {
      #expect(decision.transaction.status == .failed)
      #expect(decision.transaction.reason == reason)
      #expect(decision.transaction.resultCode == ResultCode(code))
      #expect(decision.transaction.settledAt == Example.now)
      let isToBeConfirmed = ["1019", "1036", "1037"].contains(code) && decision == byCallback
      #expect((decision.transaction.nextQueryAt == nil) != isToBeConfirmed)
      #expect(decision.notification == .failed)
    }
  }

  @Test("Every payment ends: an exhausted schedule is a person's business, never a failure")
  func exhausted() throws {
    for evidence in [
      Evidence.queryAnswer(.pending), .queryAnswer(.noInformation(detail: "nothing")), .notAskable,
      .queryAnswer(.result("nonsense", description: nil)),
    ] {
      let decision = Example.settle(try Example.transaction(), evidence, in: Circumstances(nextQueryAt: nil))
      #expect(decision.transaction.status == .review)
      #expect(decision.transaction.reason == .unanswered)
      #expect(decision.transaction.settledAt == Example.now)
      #expect(decision.notification == .review)
    }
  }

  @Test("Settling is a function: the same input gives the same decision", arguments: try SettlementTable.all)
  func deterministic(row: SettlementRow) throws {
    for standing in Standing.allCases {
      let before = try standing.transaction
      #expect(
        Example.settle(before, row.evidence, in: row.circumstances)
          == Example.settle(before, row.evidence, in: row.circumstances))
    }
  }

  @Test("No event names the phone number", arguments: try SettlementTable.all)
  func noPhone(row: SettlementRow) throws {
    for standing in Standing.allCases {
      let decision = Example.settle(try standing.transaction, row.evidence, in: row.circumstances)
      #expect(!decision.event.detail.contains("254712345678"))
      #expect(!decision.event.detail.isEmpty)
      #expect(decision.event.at == Example.now)
    }
  }
}
