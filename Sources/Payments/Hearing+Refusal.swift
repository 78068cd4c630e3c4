import Daraja

/// Final refusals, and the end of the schedule.
extension Hearing {
  /// How long after a callback that a success may still follow Safaricom is asked whether it stands, and again while it does not say, in
  /// microseconds. The latest success seen came 68 s after its push, and a refusal of this kind comes 14 to 30 s after it at the soonest.
  static let confirmationWait: Microseconds = 20_000_000
  /// How long it is asked so often, in microseconds. After that the cool-down has ended too, and it is asked on the schedule until it says.
  static let confirmationPatience: Microseconds = 120_000_000

  func hearRefusal(
    _ reason: Reason, code: ResultCode, description: String?, from source: TimelineEvent.Source
  ) -> Decision {
    switch transaction.status {
    case .completed:
      return note(.ignored, source, code: code, "A refusal after payment changes nothing.")
    case .failed:
      var after = transaction
      // Safaricom was asked and says so as well: nothing is in doubt any more.
      if source == .query { after.ambiguousAt = nil }
      return from(after).note(.duplicate, source, code: code, "Refused, as known.")
    case .review where !isOpen:
      return note(.ignored, source, code: code, "A refusal, while a person is to rule on this transaction.")
    case .pending, .review:
      var after = transaction
      after.status = .failed
      after.reason = reason
      after.resultCode = code
      after.resultDescription = description
      after.ambiguousAt = nil
      after.settledAt = now
      after.nextQueryAt = nil
      var detail = "Not paid: \(reason.rawValue)."
      if source == .callback, code.needsConfirmation {
        after.ambiguousAt = now
        if after.checkoutRequestID != nil { after.nextQueryAt = now + Self.confirmationWait }
        detail += " A success may still follow: Safaricom is asked before another prompt."
      }
      return Decision(after, event(.failed, source, code: code, detail), notify: .failed)
    }
  }

  /// A refusal that is to be confirmed, and an answer that does not say whether it stands.
  func hearUnconfirmed(isUndecided: Bool, detail: String) -> Decision {
    var after = transaction
    if isUndecided { after.ambiguousAt = now }
    // A time that lies ahead is from a wrong clock.
    let asked = now - (transaction.settledAt ?? now)
    let isSoon = asked > -Self.confirmationPatience && asked < Self.confirmationPatience
    after.nextQueryAt = isSoon ? now + Self.confirmationWait : circumstances.nextQueryAt
    return Decision(after, event(.noInformation, .query, detail))
  }

  /// Evidence that says nothing about money. A pending transaction waits for the next question, or for a person if none is left.
  /// - Parameter isOutage: Safaricom does not work: that never ends the asking.
  func hearNothing(
    from source: TimelineEvent.Source, code: ResultCode? = nil, detail: String, isOutage: Bool = false
  ) -> Decision {
    var after = transaction
    guard transaction.status == .pending else {
      after.nextQueryAt = nil
      return Decision(after, event(.ignored, source, code: code, detail))
    }
    after.nextQueryAt = circumstances.nextQueryAt ?? (isOutage ? now + QuerySchedule.afterEnd : nil)
    if source == .query, !isOutage { after.noteUselessAnswer(at: now) }
    if code?.meaning == .ambiguous { after.ambiguousAt = now }
    if after.nextQueryAt != nil {
      return Decision(after, event(.noInformation, source, code: code, detail))
    }
    after.status = .review
    after.reason = .unanswered
    after.settledAt = now
    return Decision(
      after, event(.review, source, code: code, "No answer for the whole schedule: a person decides. \(detail)"),
      notify: .review)
  }
}

extension Transaction {
  fileprivate mutating func noteUselessAnswer(at now: Microseconds) {
    if let last = uselessAnswerAt, last <= now, now - last < QuerySchedule.afterEnd { return }
    uselessAnswerAt = now
  }
}

extension ResultMeaning {
  /// The reason for failure that this meaning gives, or nil when it is not a final refusal.
  var refusal: Reason? {
    switch self {
    case .cancelled: .cancelled
    case .timeout: .timeout
    case .refused(let refusal): Reason(refusal)
    case .paid, .pending, .ambiguous: nil
    }
  }
}
