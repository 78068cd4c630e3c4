import Daraja
import Payments
import Testing

extension SettlementTable {
  static var callbacksAtTheBareAddress: [SettlementRow] {
    get throws {
      [
        SettlementRow(
          "paid",
          .callback(try Example.success(), .none),
          pending: "pending, event untrusted, asks now",
          completed: "completed, event untrusted",
          completedWithoutReceipt: "completed, event untrusted",
          failed: "failed timeout, event untrusted, asks now",
          unanswered: "review unanswered, event untrusted, asks now",
          mismatched: "review amount_mismatch, event untrusted"),
        SettlementRow(
          "cancelled",
          .callback(Example.refusal("1032"), .none),
          pending: "pending, event untrusted, asks now",
          completed: "completed, event untrusted",
          completedWithoutReceipt: "completed, event untrusted",
          failed: "failed timeout, event untrusted, asks now",
          unanswered: "review unanswered, event untrusted, asks now",
          mismatched: "review amount_mismatch, event untrusted"),
        SettlementRow(
          "two values for the amount",
          .callback(try Example.success { $0.conflicts = ["Amount"] }, .none),
          pending: "pending, event untrusted, asks now",
          completed: "completed, event untrusted",
          completedWithoutReceipt: "completed, event untrusted",
          failed: "failed timeout, event untrusted, asks now",
          unanswered: "review unanswered, event untrusted, asks now",
          mismatched: "review amount_mismatch, event untrusted"),
      ]
    }
  }

  @Test("A callback at the bare address settles nothing", arguments: try callbacksAtTheBareAddress)
  func aCallbackAtTheBareAddress(row: SettlementRow) throws { try row.check() }
}
