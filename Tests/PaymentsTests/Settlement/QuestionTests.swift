import Daraja
import Payments
import Testing

/// When Safaricom is asked, and what asking leaves behind.
@Suite("Settlement, questions to Safaricom")
struct QuestionTests {
  private static let second: Microseconds = 1_000_000
  private static let forged = Evidence.callback(STKCallback(resultCode: "0"), .none)

  @Test("Every answer counts as a question put, whatever it says", arguments: Standing.allCases)
  func counted(standing: Standing) throws {
    let answers: [QueryAnswer] = [
      .result("0", description: nil), .pending, .noInformation(detail: "x"), .outage(detail: "x"),
    ]
    for answer in answers {
      let after = Example.settle(try standing.transaction, .queryAnswer(answer)).transaction
      #expect(after.queries == 1)
      #expect(after.lastQueryAt == Example.now)
    }
  }

  @Test("That Safaricom does not work never ends the asking, also where the schedule has no further question")
  func outage() throws {
    let after = Example.settle(try Example.transaction(), .queryAnswer(.outage(detail: "x")), in: Circumstances())
    #expect(after.transaction.status == .pending)
    #expect(after.transaction.nextQueryAt == Example.now + QuerySchedule.afterEnd)
    #expect(after.transaction.uselessAnswerAt == nil)
  }

  @Test("A question that could not be put does not count as one")
  func notAskable() throws {
    let after = Example.settle(try Example.transaction(), .notAskable).transaction
    #expect(after.queries == 0)
    #expect(after.lastQueryAt == nil)
  }

  @Test("A pending transaction waits for the next question on the schedule")
  func scheduled() throws {
    let after = Example.settle(try Example.transaction(), .queryAnswer(.pending)).transaction
    #expect(after.nextQueryAt == Example.scheduled)
  }

  @Test("A stranger brings the question forward, never puts it off")
  func broughtForward() throws {
    var transaction = try Example.transaction()
    transaction.nextQueryAt = Example.now - Self.second
    #expect(Example.settle(transaction, Self.forged).transaction.nextQueryAt == Example.now - Self.second)
    transaction.nextQueryAt = Example.now + Self.second
    #expect(Example.settle(transaction, Self.forged).transaction.nextQueryAt == Example.now)
    for standing in [Standing.failed, .unanswered] {
      var settled = try standing.transaction
      settled.nextQueryAt = Example.now - Self.second
      #expect(Example.settle(settled, Self.forged).transaction.nextQueryAt == Example.now - Self.second)
    }
  }

  @Test(
    "A stranger makes us ask about a pending transaction every 10 s at most",
    arguments: [(0, 10), (4, 6), (9, 1), (10, 0), (600, 0), (-1, 0), (-31_622_400, 0)])
  func pendingGap(askedAgo: Int64, wait: Int64) throws {
    var transaction = try Example.transaction()
    transaction.lastQueryAt = Example.now - askedAgo * Self.second
    transaction.nextQueryAt = Example.now + 3_600 * Self.second
    #expect(
      Example.settle(transaction, Self.forged).transaction.nextQueryAt == Example.now + wait * Self.second)
  }

  @Test(
    "A stranger makes us ask about a failed or unanswered transaction once an hour at most",
    arguments: [Standing.failed, .unanswered],
    [(0, false), (3_599, false), (3_600, true), (86_400, true), (-1, true), (-31_622_400, true)])
  func settledGap(standing: Standing, rest: (askedAgo: Int64, asks: Bool)) throws {
    var transaction = try standing.transaction
    transaction.lastQueryAt = Example.now - rest.askedAgo * Self.second
    let after = Example.settle(transaction, Self.forged).transaction
    #expect(after.nextQueryAt == (rest.asks ? Example.now : nil))
  }

  @Test("An answer to such a question without information leaves nothing to ask, and the status as it was")
  func askedForNothing() throws {
    for standing in [Standing.failed, .unanswered] {
      let before = try standing.transaction
      let asking = Example.settle(before, Self.forged).transaction
      let after = Example.settle(asking, .queryAnswer(.noInformation(detail: "500.001.1001"))).transaction
      #expect(after.status == before.status)
      #expect(after.nextQueryAt == nil)
    }
  }

  @Test("A forged success for a cancelled payment: Safaricom says no, and nothing was credited")
  func forgedSuccess() throws {
    let cancelled = Example.settle(try Example.transaction(), .callback(Example.refusal("1032"), .token)).transaction
    let forged = Example.settle(cancelled, .callback(try Example.success(), .none)).transaction
    #expect(forged.status == .failed)
    let answered = Example.settle(forged, .queryAnswer(.result("1032", description: nil)))
    #expect(answered.transaction.status == .failed)
    #expect(answered.transaction.reason == .cancelled)
    #expect(!answered.paysOrder)
  }

  @Test("A true success at the bare address is credited by Safaricom's own answer, receipt to follow")
  func trueButUntrusted() throws {
    let asked = Example.settle(try Example.transaction(), .callback(try Example.success(), .none)).transaction
    let answered = Example.settle(asked, .queryAnswer(.result("0", description: "processed")))
    #expect(answered.transaction.status == .completed)
    #expect(answered.transaction.flags == .receiptMissing)
    #expect(answered.transaction.receipt == nil, "a stranger's receipt is not taken over")
    #expect(answered.paysOrder)
  }

  @Test("A later callback fills the missing receipt, once")
  func receiptFilled() throws {
    let filled = Example.settle(
      try Standing.completedWithoutReceipt.transaction, .callback(try Example.success(), .token))
    #expect(try filled.transaction.receipt == Example.receipt)
    #expect(filled.transaction.flags == [])
    #expect(filled.notification == .amended)
    #expect(!filled.paysOrder)
    let again = Example.settle(filled.transaction, .callback(try Example.success(), .token))
    #expect(again.transaction == filled.transaction)
    #expect(again.notification == nil)
  }
}
