import Daraja
import Payments
import Testing

extension SettlementTable {
  static let queryAnswers: [SettlementRow] = [
    SettlementRow(
      "paid",
      .queryAnswer(.result("0", description: nil)),
      pending: "completed, flag receipt_missing, event completed, tells payment.completed, pays",
      completed: "completed, event duplicate",
      completedWithoutReceipt: "completed, event duplicate",
      failed: "completed, flag late_success receipt_missing, event late_success, tells payment.completed, pays",
      unanswered: "completed, flag receipt_missing, event completed, tells payment.completed, pays",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "paid, but the order is paid by another transaction already",
      .queryAnswer(.result("0", description: nil)), in: Circumstances(orderPaidBy: Example.other),
      pending: "completed, flag duplicate_payment receipt_missing, event completed, tells payment.completed",
      completed: "completed, event duplicate",
      completedWithoutReceipt: "completed, event duplicate",
      failed:
        "completed, flag late_success duplicate_payment receipt_missing, event late_success, tells payment.completed",
      unanswered: "completed, flag duplicate_payment receipt_missing, event completed, tells payment.completed",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "no answer from the customer",
      .queryAnswer(.result("1037", description: nil)),
      pending: "failed timeout, event failed, tells payment.failed",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event duplicate",
      unanswered: "failed timeout, event failed, tells payment.failed",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "a code that proves nothing",
      .queryAnswer(.result("BW-HTTP-100300", description: nil)),
      pending: "pending, event no_information, asks on schedule",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "still under processing",
      .queryAnswer(.pending),
      pending: "pending, event no_information, asks on schedule",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "still under processing, and the schedule is exhausted",
      .queryAnswer(.pending), in: Circumstances(),
      pending: "review unanswered, event review, tells payment.review",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "no information",
      .queryAnswer(.noInformation(detail: "HTTP 500 500.001.1001")),
      pending: "pending, event no_information, asks on schedule",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "no information, and the schedule is exhausted",
      .queryAnswer(.noInformation(detail: "block page")), in: Circumstances(),
      pending: "review unanswered, event review, tells payment.review",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "due, but nothing to ask with",
      .notAskable,
      pending: "pending, event no_information, asks on schedule",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
    SettlementRow(
      "due, but nothing to ask with, and the schedule is exhausted",
      .notAskable, in: Circumstances(),
      pending: "review unanswered, event review, tells payment.review",
      completed: "completed, event ignored",
      completedWithoutReceipt: "completed, event ignored",
      failed: "failed timeout, event ignored",
      unanswered: "review unanswered, event ignored",
      mismatched: "review amount_mismatch, event ignored"),
  ]

  @Test("The answer to a query", arguments: queryAnswers)
  func anAnswerToAQuery(row: SettlementRow) throws { try row.check() }
}
