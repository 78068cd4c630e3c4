import Daraja

/// Final refusals, and the end of the schedule.
extension Hearing {
  func hearRefusal(
    _ reason: Reason, code: ResultCode, description: String?, from source: TimelineEvent.Source
  ) -> Decision {
    switch transaction.status {
    case .completed:
      return note(.ignored, source, code: code, "A refusal after payment changes nothing.")
    case .failed:
      return note(.duplicate, source, code: code, "Refused, as known.")
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
      return Decision(
        after, event(.failed, source, code: code, "Not paid: \(reason.rawValue)."), notify: .failed)
    }
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
