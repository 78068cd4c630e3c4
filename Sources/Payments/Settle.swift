public import Daraja

/// Decides what one piece of evidence means for one transaction. The only place where a status changes.
///
/// Total and pure: every evidence in every state gives a decision, and the same input gives the same one. What it promises:
/// - `completed` is never left, and a receipt pays once.
/// - Nothing untrusted settles anything; it can only bring the next question forward.
/// - "No information" never settles anything, except that an exhausted schedule ends in review.
/// - A pending transaction always has a next question.
///
/// - Parameters:
///   - transaction: the transaction as committed.
///   - evidence: what became known.
///   - circumstances: what the store found about the receipt, the order and the schedule in the same commit.
///   - now: when this is decided, microseconds since the epoch.
public func settle(
  _ transaction: Transaction, with evidence: Evidence, in circumstances: Circumstances, at now: Microseconds
) -> Decision {
  let hearing = Hearing(transaction: transaction, circumstances: circumstances, now: now)
  return switch evidence {
  case .pushAnswer(let answer): hearing.hear(answer)
  case .callback(let callback, .none): hearing.hear(untrusted: callback)
  case .callback(let callback, .token): hearing.hear(callback)
  case .queryAnswer(let answer): hearing.hear(answer)
  case .notAskable: hearing.hearNothing(from: .schedule, detail: "The push has no CheckoutRequestID to ask about.")
  case .operatorRuling(let ruling, let who, let why): hearing.hear(ruling, who: who, why: why)
  case .operatorMatch(let match): hearing.hear(match)
  }
}

/// One piece of evidence being weighed: the transaction before it, and what is known besides.
struct Hearing {
  let transaction: Transaction
  let circumstances: Circumstances
  let now: Microseconds

  /// True while proof of payment or a final refusal would settle the transaction.
  var isOpen: Bool {
    transaction.status == .pending || (transaction.status == .review && transaction.reason == .unanswered)
  }

  /// Records evidence that changes nothing.
  func note(
    _ kind: TimelineEvent.Kind, _ source: TimelineEvent.Source, code: ResultCode? = nil, _ detail: String
  ) -> Decision {
    Decision(transaction, event(kind, source, code: code, detail))
  }

  func event(
    _ kind: TimelineEvent.Kind, _ source: TimelineEvent.Source, code: ResultCode? = nil, _ detail: String
  ) -> TimelineEvent {
    TimelineEvent(kind: kind, source: source, resultCode: code, detail: detail, at: now)
  }

  /// The same hearing with another starting point: what the evidence says about identity is taken in before what it says about money.
  func from(_ changed: Transaction) -> Hearing {
    Hearing(transaction: changed, circumstances: circumstances, now: now)
  }
}
