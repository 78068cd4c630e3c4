import Daraja
import Payments
import Testing

extension SettlementTable {
  static let pushAnswers: [SettlementRow] = [
    SettlementRow(
      "accepted",
      .pushAnswer(.accepted(merchantRequestID: "29115-34620561-1", checkoutRequestID: Example.checkout)),
      pending: "pending, event push_accepted",
      completed: "completed, event push_accepted",
      completedWithoutReceipt: "completed, event push_accepted",
      failed: "failed timeout, event push_accepted",
      unanswered: "review unanswered, event push_accepted",
      mismatched: "review amount_mismatch, event push_accepted"),
    SettlementRow(
      "accepted under another CheckoutRequestID",
      .pushAnswer(.accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_other")),
      pending: "pending, event contradicted",
      completed: "completed, event contradicted",
      completedWithoutReceipt: "completed, event contradicted",
      failed: "failed timeout, event contradicted",
      unanswered: "review unanswered, event contradicted",
      mismatched: "review amount_mismatch, event contradicted"),
    SettlementRow(
      "rejected, though a CheckoutRequestID is known",
      .pushAnswer(.rejected(code: "400.002.02", detail: "Invalid PhoneNumber", ours: false)),
      pending: "pending, event contradicted",
      completed: "completed, event contradicted",
      completedWithoutReceipt: "completed, event contradicted",
      failed: "failed timeout, event contradicted",
      unanswered: "review unanswered, event contradicted",
      mismatched: "review amount_mismatch, event contradicted"),
    SettlementRow(
      "lost",
      .pushAnswer(.uncertain(detail: "timeout")),
      pending: "pending, event push_uncertain",
      completed: "completed, event push_uncertain",
      completedWithoutReceipt: "completed, event push_uncertain",
      failed: "failed timeout, event push_uncertain",
      unanswered: "review unanswered, event push_uncertain",
      mismatched: "review amount_mismatch, event push_uncertain"),
  ]

  @Test("The answer to a push changes nothing that was settled", arguments: pushAnswers)
  func anAnswerToAPush(row: SettlementRow) throws { try row.check() }
}
