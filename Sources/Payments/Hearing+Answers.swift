import Daraja

/// What Safaricom answers to our own requests, and what a person rules.
extension Hearing {
  func hear(_ answer: PushAnswer) -> Decision {
    var after = transaction
    switch answer {
    case .accepted(let merchantRequestID, let checkoutRequestID):
      if let known = transaction.checkoutRequestID, known != checkoutRequestID, !isRenamable {
        return note(.contradicted, .push, "The push answer names another CheckoutRequestID than the callback did.")
      }
      if let holder = circumstances.checkoutHeldBy, transaction.checkoutRequestID != checkoutRequestID {
        return hearNameOfAnother(holder)
      }
      after.push = .accepted
      after.checkoutRequestID = checkoutRequestID
      after.merchantRequestID = merchantRequestID ?? transaction.merchantRequestID
      return Decision(after, event(.pushAccepted, .push, "Safaricom queued the prompt."))
    case .uncertain(let detail):
      if transaction.push == .requested { after.push = .uncertain }
      if transaction.status == .pending { after.ambiguousAt = now }
      return Decision(after, event(.pushUncertain, .push, "The answer to the push was lost: \(detail)"))
    case .rejected(let code, let detail, let ours):
      return hearRejection(ours ? .configuration : .pushRejected, code, detail, ambiguousAt: nil)
    case .locked(let code, let detail):
      return hearRejection(.pushRejected, code, detail, ambiguousAt: now)
    }
  }

  /// Safaricom gives a push the name that another push has: one CheckoutRequestID belongs to one transaction, so neither is taken for the other.
  private func hearNameOfAnother(_ holder: TransactionID) -> Decision {
    let detail = "The push answer names the CheckoutRequestID of transaction \(holder); it is not taken."
    var after = transaction
    if after.push == .requested { after.push = .uncertain }
    guard isOpen || transaction.status == .failed else {
      return Decision(after, event(.contradicted, .push, detail))
    }
    after.status = .review
    after.reason = .contradictory
    after.settledAt = now
    after.nextQueryAt = nil
    return Decision(after, event(.review, .push, detail), notify: .review)
  }

  private func hearRejection(
    _ reason: Reason, _ code: String?, _ detail: String, ambiguousAt: Microseconds?
  ) -> Decision {
    guard transaction.status == .pending, transaction.checkoutRequestID == nil else {
      return note(.contradicted, .push, "A rejected push that was heard of elsewhere: \(detail)")
    }
    var after = transaction
    after.push = .rejected
    after.status = .failed
    after.reason = reason
    after.resultCode = code.map { ResultCode($0) }
    after.ambiguousAt = ambiguousAt
    after.settledAt = now
    after.nextQueryAt = nil
    return Decision(after, event(.pushRejected, .push, "Nobody was prompted: \(detail)"), notify: .failed)
  }

  func hear(_ answer: QueryAnswer) -> Decision {
    var asked = transaction
    asked.lastQueryAt = now
    asked.queries += 1
    if asked.status != .pending { asked.nextQueryAt = nil }
    let hearing = from(asked)
    let isUnconfirmed = asked.status == .failed && asked.ambiguousAt != nil && asked.checkoutRequestID != nil
    switch answer {
    case .pending where isUnconfirmed:
      return hearing.hearUnconfirmed(isUndecided: true, detail: "Safaricom has not decided yet.")
    case .noInformation(let detail) where isUnconfirmed, .outage(let detail) where isUnconfirmed:
      return hearing.hearUnconfirmed(isUndecided: false, detail: detail)
    case .pending:
      return hearing.hearNothing(from: .query, detail: "Safaricom has not decided yet.")
    case .noInformation(let detail):
      return hearing.hearNothing(from: .query, detail: detail)
    case .outage(let detail):
      return hearing.hearNothing(from: .query, detail: detail, isOutage: true)
    case .result(let code, let description):
      if let reason = code.meaning.refusal {
        return hearing.hearRefusal(reason, code: code, description: description, from: .query)
      }
      guard code.meaning == .paid else {
        if isUnconfirmed {
          return hearing.hearUnconfirmed(
            isUndecided: true, detail: "Result code \(code) does not say whether money moved.")
        }
        return hearing.hearNothing(
          from: .query, code: code, detail: "Result code \(code) does not say whether money moved.")
      }
      return hearing.hear(Success(source: .query, code: code, description: description, money: nil))
    }
  }

  func hear(_ ruling: Ruling, who: String, why: String) -> Decision {
    var after = transaction
    let detail = "\(who) ruled \(ruling.rawValue): \(why)"
    after.ambiguousAt = nil
    after.settledAt = now
    after.nextQueryAt = nil
    switch (ruling, transaction.status) {
    case (_, .completed), (.failed, .failed):
      return note(.ignored, .ruling, "\(detail) (It already was \(transaction.status.rawValue).)")
    case (.failed, .pending), (.failed, .review):
      after.status = .failed
      after.reason = .ruledFailed
      return Decision(after, event(.ruling, .ruling, detail), notify: .failed)
    case (.completed, .pending), (.completed, .failed), (.completed, .review):
      after.status = .completed
      after.reason = nil
      if after.receipt == nil { after.flags.insert(.receiptMissing) }
      if circumstances.orderPaidBy != nil { after.flags.insert(.duplicatePayment) }
      return Decision(
        after, event(.ruling, .ruling, detail), notify: .completed, paysOrder: circumstances.orderPaidBy == nil)
    }
  }
}
