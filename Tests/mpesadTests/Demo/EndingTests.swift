import DarajaSimulator
import Payments
import Testing

@testable import mpesad

@Suite struct EndingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var steps: [Ending.Step]
    var known: KnownBy

    init(_ name: String, _ steps: [(TimelineEvent.Source, PaymentStatus, Reason?)], _ known: KnownBy) {
      testDescription = name
      self.steps = steps.map { Ending.Step(source: $0.0, status: $0.1, reason: $0.2) }
      self.known = known
    }
  }

  @Test(arguments: [
    Case("nothing came yet", [(.push, .pending, nil), (.query, .pending, nil)], .none),
    Case("a callback", [(.push, .pending, nil), (.callback, .completed, nil)], .callback),
    Case(
      "a query, and a callback that only fills in", [(.query, .completed, nil), (.callback, .completed, nil)], .query),
    Case("a callback, then another", [(.callback, .failed, .timeout), (.callback, .completed, nil)], .callback),
    Case("a query, then a callback", [(.query, .failed, .timeout), (.callback, .completed, nil)], .callback),
    Case("the end of the schedule", [(.query, .pending, nil), (.schedule, .review, .unanswered)], .none),
  ])
  func theLastChangeTellsHowWeKnew(_ row: Case) {
    #expect(Ending.Step.knownBy(row.steps) == row.known)
  }

  @Test(arguments: Story.allCases) func whatIsExpectedIsNoDifference(_ story: Story) {
    let expected = ExpectedEnding.of(story)
    #expect(expected.differences(from: .sample(of: expected)).isEmpty)
    #expect(expected.isReached(Ending.sample(of: expected).told))
  }

  struct Slip: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout Ending) -> Void
  }

  @Test(arguments: [
    Slip(testDescription: "answer to the prompt: expected sent, got uncertain") { $0.prompt = .uncertain },
    Slip(testDescription: "status: expected completed, got failed (timeout)") {
      ($0.status, $0.reason, $0.told.status) = (.failed, .timeout, "failed")
    },
    Slip(testDescription: "flags: expected none, got late_success") { $0.flags = .lateSuccess },
    Slip(testDescription: "receipt: expected one, got none") { ($0.receipt, $0.told.receipt) = (nil, nil) },
    Slip(testDescription: "known by: expected callback, got query") { $0.knownBy = .query },
    Slip(testDescription: "callbacks settled: expected 1, got 0") { $0.deliveries = 0 },
    Slip(testDescription: "times credited: expected 1, got 2") { $0.credits = 2 },
    Slip(testDescription: "order paid, on the disk: expected true, got false") { $0.paysOrder = false },
    Slip(testDescription: "order, by the API: expected paid, got unpaid") { $0.orderStatus = "unpaid" },
    Slip(testDescription: "status, by the API: expected completed, got pending") { $0.told.status = "pending" },
    Slip(testDescription: "receipt, by the API: expected UKO1, got none") { $0.told.receipt = nil },
  ])
  func eachSlipIsSaidOnce(_ slip: Slip) {
    let expected = ExpectedEnding.of(.pays)
    var ending = Ending.sample(of: expected)
    slip.change(&ending)
    #expect(expected.differences(from: ending) == [slip.testDescription])
  }
}

extension Ending {
  /// An ending just as it must be.
  static func sample(of expected: ExpectedEnding, order: Int64 = 1, receipt: String = "UKO1") -> Ending {
    let receipt = expected.hasReceipt ? receipt : nil
    return Ending(
      orderID: order, transactionID: order, prompt: expected.prompt,
      told: PaymentView(
        status: expected.status.rawValue, receipt: receipt, reason: expected.reason?.rawValue,
        flags: expected.flags.names),
      orderStatus: expected.paysOrder ? "paid" : "unpaid", status: expected.status, reason: expected.reason,
      flags: expected.flags, receipt: receipt, checkoutRequestID: "ws_CO_1", paysOrder: expected.paysOrder,
      knownBy: expected.knownBy.min { $0.rawValue < $1.rawValue } ?? .none, deliveries: expected.deliveries,
      credits: expected.paysOrder ? 1 : 0, seconds: 0.16, timeline: ["0.16 s  completed (callback): Paid."])
  }
}
