import Daraja
import Payments
import Testing

extension SettlementTable {
  static let rulings: [SettlementRow] = [
    SettlementRow(
      "the money came",
      .operatorRuling(.completed, who: "asha", why: "seen in the portal"),
      pending: "completed, flag receipt_missing, event ruling, tells payment.completed, pays",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "completed, flag receipt_missing, event ruling, tells payment.completed, pays",
      unanswered: "completed, flag receipt_missing, event ruling, tells payment.completed, pays",
      mismatched: "completed, event ruling, tells payment.completed, pays"),
    SettlementRow(
      "the money came, but the order is paid by another transaction",
      .operatorRuling(.completed, who: "asha", why: "seen in the portal"),
      in: Circumstances(orderPaidBy: Example.other),
      pending: "completed, flag duplicate_payment receipt_missing, event ruling, tells payment.completed",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "completed, flag duplicate_payment receipt_missing, event ruling, tells payment.completed",
      unanswered: "completed, flag duplicate_payment receipt_missing, event ruling, tells payment.completed",
      mismatched: "completed, flag duplicate_payment, event ruling, tells payment.completed"),
    SettlementRow(
      "no money came",
      .operatorRuling(.failed, who: "asha", why: "not in the statement"),
      pending: "failed ruled_failed, event ruling, tells payment.failed",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "failed ruled_failed, event ruling, tells payment.failed",
      mismatched: "failed ruled_failed, event ruling, tells payment.failed"),
  ]

  @Test("A person's ruling", arguments: rulings)
  func aRuling(row: SettlementRow) throws { try row.check() }
}
