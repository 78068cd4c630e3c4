import Daraja

/// What a person correlates.
extension Hearing {
  /// Whether the transaction has a CheckoutRequestID that Safaricom's own word may still replace.
  var isRenamable: Bool { transaction.isMatchedByPerson && transaction.status != .completed }

  /// A match names the push and brings the question forward. Nothing else changes: only Safaricom's answer settles.
  func hear(_ match: Match) -> Decision {
    let detail = "\(match.who) matched delivery \(match.delivery) with this payment: \(match.why)"
    guard transaction.objectionToMatch == nil else {
      return note(.ignored, .ruling, "\(detail) (It could not be matched any more.)")
    }
    var after = transaction
    after.checkoutRequestID = match.checkoutRequestID
    if transaction.status == .failed || isOpen { after.nextQueryAt = min(transaction.nextQueryAt ?? now, now) }
    return Decision(after, event(.matched, .ruling, detail + " Safaricom is asked."))
  }
}
