import Daraja
import Payments
import Testing

extension SettlementTable {
  static var paymentsAtTheOwnAddress: [SettlementRow] {
    get throws {
      [
        SettlementRow(
          "paid, as asked for",
          .callback(try Example.success(), .token),
          pending: "completed, receipt, event completed, tells payment.completed, pays",
          completed: "completed, event duplicate",
          completedWithoutReceipt:
            "completed, unflag receipt_missing, receipt, event receipt_filled, tells payment.amended",
          failed: "completed, flag late_success, receipt, event late_success, tells payment.completed, pays",
          unanswered: "completed, receipt, event completed, tells payment.completed, pays",
          mismatched: "review amount_mismatch, event ignored"),
        SettlementRow(
          "paid, but the order is paid by another transaction already",
          .callback(try Example.success(), .token), in: Circumstances(orderPaidBy: Example.other),
          pending: "completed, flag duplicate_payment, receipt, event completed, tells payment.completed",
          completed: "completed, event duplicate",
          completedWithoutReceipt:
            "completed, unflag receipt_missing, receipt, event receipt_filled, tells payment.amended",
          failed:
            "completed, flag late_success duplicate_payment, receipt, event late_success, tells payment.completed",
          unanswered: "completed, flag duplicate_payment, receipt, event completed, tells payment.completed",
          mismatched: "review amount_mismatch, event ignored"),
        SettlementRow(
          "paid with a receipt that another transaction holds",
          .callback(try Example.success(), .token), in: Circumstances(receiptHeldBy: Example.other),
          pending: "review receipt_reused, event review, tells payment.review",
          completed: "completed, event duplicate",
          completedWithoutReceipt: "completed, flag contradicted, event contradicted, tells payment.amended",
          failed: "review receipt_reused, event review, tells payment.review",
          unanswered: "review receipt_reused, event review, tells payment.review",
          mismatched: "review amount_mismatch, event ignored"),
        SettlementRow(
          "paid with another receipt",
          .callback(try Example.success { $0.receipt = try Example.otherReceipt }, .token),
          pending: "completed, receipt, event completed, tells payment.completed, pays",
          completed: "completed, flag contradicted, event contradicted, tells payment.amended",
          completedWithoutReceipt:
            "completed, unflag receipt_missing, receipt, event receipt_filled, tells payment.amended",
          failed: "completed, flag late_success, receipt, event late_success, tells payment.completed, pays",
          unanswered: "completed, receipt, event completed, tells payment.completed, pays",
          mismatched: "review amount_mismatch, event ignored"),
        SettlementRow(
          "paid another amount",
          .callback(try Example.success { $0.amount = Example.otherAmount }, .token),
          pending: "review amount_mismatch, receipt, event review, tells payment.review",
          completed: "completed, flag contradicted, event contradicted, tells payment.amended",
          completedWithoutReceipt:
            "completed, flag contradicted, unflag receipt_missing, receipt, event contradicted, tells payment.amended",
          failed: "review amount_mismatch, receipt, event review, tells payment.review",
          unanswered: "review amount_mismatch, receipt, event review, tells payment.review",
          mismatched: "review amount_mismatch, event ignored"),
        SettlementRow(
          "paid, without a receipt",
          .callback(try Example.success { $0.receipt = nil }, .token),
          pending: "pending, event no_information, asks now",
          completed: "completed, event no_information",
          completedWithoutReceipt: "completed, event no_information",
          failed: "failed timeout, event no_information, asks now",
          unanswered: "review unanswered, event no_information, asks now",
          mismatched: "review amount_mismatch, event no_information"),
        SettlementRow(
          "paid, without an amount",
          .callback(try Example.success { $0.amount = nil }, .token),
          pending: "pending, event no_information, asks now",
          completed: "completed, event no_information",
          completedWithoutReceipt: "completed, event no_information",
          failed: "failed timeout, event no_information, asks now",
          unanswered: "review unanswered, event no_information, asks now",
          mismatched: "review amount_mismatch, event no_information"),
        SettlementRow(
          "paid, with two values for the amount",
          .callback(try Example.success { $0.conflicts = ["Amount"] }, .token),
          pending: "review contradictory, event review, tells payment.review",
          completed: "completed, event ignored",
          completedWithoutReceipt: "completed, event ignored",
          failed: "review contradictory, event review, tells payment.review",
          unanswered: "review contradictory, event review, tells payment.review",
          mismatched: "review amount_mismatch, event ignored"),
        SettlementRow(
          "paid, naming another CheckoutRequestID",
          .callback(try Example.success { $0.checkoutRequestID = "ws_CO_other" }, .token),
          pending: "pending, event contradicted, asks now",
          completed: "completed, event contradicted",
          completedWithoutReceipt: "completed, event contradicted",
          failed: "failed timeout, event contradicted, asks now",
          unanswered: "review unanswered, event contradicted, asks now",
          mismatched: "review amount_mismatch, event contradicted"),
      ]
    }
  }

  @Test("A success at the transaction's own address", arguments: try paymentsAtTheOwnAddress)
  func aSuccessWithItsToken(row: SettlementRow) throws { try row.check() }
}
