import Daraja

/// Proof of payment.
extension Hearing {
  /// What M-Pesa said beside "0".
  struct Success {
    var source: TimelineEvent.Source
    var code: ResultCode
    var description: String?
    /// Nil when only a query said so.
    var money: (receipt: Receipt, amount: Amount)?

    /// For a timeline: what a person who rules must know.
    var account: String {
      "A success" + (money.map { ", receipt \($0.receipt) over \($0.amount)" } ?? "")
    }
  }

  func hear(_ success: Success) -> Decision {
    switch transaction.status {
    case .completed: hearAgain(success)
    case .review where !isOpen:
      note(
        .ignored, success.source, code: success.code,
        "\(success.account), while a person is to rule on this transaction.")
    case .pending, .failed, .review: hearFirst(success)
    }
  }

  private func hearFirst(_ success: Success) -> Decision {
    if let known = transaction.receipt { return hearAfterRuling(success, on: known) }
    var after = transaction
    after.resultCode = success.code
    after.resultDescription = success.description
    after.settledAt = now
    after.nextQueryAt = nil
    if let money = success.money {
      if let holder = circumstances.receiptHeldBy {
        return review(
          after, .receiptReused, success, "Receipt \(money.receipt) already belongs to transaction \(holder).")
      }
      after.receipt = money.receipt
      if money.amount != transaction.amount {
        after.receivedAmount = money.amount
        return review(
          after, .amountMismatch, success, "\(money.amount) came where \(transaction.amount) was asked for.")
      }
    }
    return complete(after, success)
  }

  /// A receipt without completion means that a person ruled the money away, for example as refunded. Hearing of the same money again, or
  /// from a query that names no money, must not overturn that; other money is a new contradiction.
  private func hearAfterRuling(_ success: Success, on known: Receipt) -> Decision {
    guard let money = success.money, money.receipt != known else {
      return note(
        .ignored, success.source, code: success.code, "A person has ruled on the money of receipt \(known) already.")
    }
    var after = transaction
    after.settledAt = now
    after.nextQueryAt = nil
    return review(
      after, .contradictory, success, "A second receipt, \(money.receipt), for a transaction with receipt \(known).")
  }

  private func complete(_ settled: Transaction, _ success: Success) -> Decision {
    var after = settled
    let late = transaction.status == .failed
    after.status = .completed
    after.reason = nil
    after.ambiguousAt = nil
    if after.receipt == nil { after.flags.insert(.receiptMissing) }
    if late { after.flags.insert(.lateSuccess) }
    var detail = "Paid, " + (after.receipt.map { "receipt \($0)." } ?? "receipt not known yet.")
    if let other = circumstances.orderPaidBy {
      after.flags.insert(.duplicatePayment)
      detail += " The order was already paid by transaction \(other): refund one of them."
    }
    return Decision(
      after, event(late ? .lateSuccess : .completed, success.source, code: success.code, detail), notify: .completed,
      paysOrder: circumstances.orderPaidBy == nil)
  }

  private func review(_ settled: Transaction, _ reason: Reason, _ success: Success, _ detail: String) -> Decision {
    var after = settled
    after.status = .review
    after.reason = reason
    return Decision(after, event(.review, success.source, code: success.code, detail), notify: .review)
  }

  /// A success for a transaction that is completed already: the receipt may be filled, the status stays.
  private func hearAgain(_ success: Success) -> Decision {
    guard let money = success.money else {
      return note(.duplicate, success.source, code: success.code, "Paid, as known.")
    }
    if let known = transaction.receipt {
      guard known == money.receipt else {
        return contradict(success, "A second receipt, \(money.receipt), for a transaction paid with \(known).")
      }
      let expected = transaction.receivedAmount ?? transaction.amount
      guard money.amount == expected else {
        return contradict(success, "Receipt \(known) again, now over \(money.amount) where \(expected) was known.")
      }
      return note(.duplicate, success.source, code: success.code, "Paid with receipt \(known), as known.")
    }
    if let holder = circumstances.receiptHeldBy {
      return contradict(success, "Receipt \(money.receipt) already belongs to transaction \(holder).")
    }
    var after = transaction
    after.receipt = money.receipt
    after.flags.remove(.receiptMissing)
    if money.amount != transaction.amount {
      after.receivedAmount = money.amount
      return from(after).contradict(
        success, "Receipt \(money.receipt) is over \(money.amount) where \(transaction.amount) was asked for.")
    }
    return Decision(
      after, event(.receiptFilled, success.source, code: success.code, "Receipt \(money.receipt) is known now."),
      notify: .amended)
  }

  private func contradict(_ success: Success, _ detail: String) -> Decision {
    var after = transaction
    after.flags.insert(.contradicted)
    return Decision(after, event(.contradicted, success.source, code: success.code, detail), notify: .amended)
  }
}
