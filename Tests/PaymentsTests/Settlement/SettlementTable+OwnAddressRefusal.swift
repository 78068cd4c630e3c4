import Daraja
import Payments
import Testing

extension SettlementTable {
  static let refusalsAtTheOwnAddress: [SettlementRow] = [
    SettlementRow(
      "cancelled",
      .callback(Example.refusal("1032"), .token),
      pending: "failed cancelled, event failed, tells payment.failed",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event duplicate",
      unanswered: "failed cancelled, event failed, tells payment.failed",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "a code that proves nothing",
      .callback(Example.refusal("17"), .token),
      pending: "pending, event no_information, asks now",
      completed: "completed, event no_information",
      completedWithoutReceipt: "completed, event no_information",
      failed: "failed timeout, event no_information, asks now",
      unanswered: "review unanswered, event no_information, asks now",
      mismatched: "review amount_mismatch, event no_information"),
    SettlementRow(
      "still under processing",
      .callback(Example.refusal("4999"), .token),
      pending: "pending, event no_information, asks now",
      completed: "completed, event no_information",
      completedWithoutReceipt: "completed, event no_information",
      failed: "failed timeout, event no_information, asks now",
      unanswered: "review unanswered, event no_information, asks now",
      mismatched: "review amount_mismatch, event no_information"),
  ]

  @Test("A refusal at the transaction's own address", arguments: refusalsAtTheOwnAddress)
  func aRefusalWithItsToken(row: SettlementRow) throws { try row.check() }
}
