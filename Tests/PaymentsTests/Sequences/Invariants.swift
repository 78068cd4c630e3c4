import Daraja
import Payments

/// What must be true of every step, whatever the evidence and its order.
enum Invariants {
  /// The sentences that a step breaks; empty when all is well.
  static func broken(by step: World.Step, in world: World) -> [String] {
    identity(step) + status(step) + trust(step) + money(step, world) + timeline(step)
  }

  private static func identity(_ step: World.Step) -> [String] {
    let (before, after) = (step.before, step.decision.transaction)
    var broken: [String] = []
    if after.id != before.id || after.orderID != before.orderID || after.amount != before.amount
      || after.phone != before.phone || after.createdAt != before.createdAt || after.createdBy != before.createdBy
    {
      broken.append("what was asked for changed")
    }
    if before.receipt != nil, after.receipt != before.receipt { broken.append("a receipt was replaced") }
    let isRenamable = before.isMatchedByPerson && isSafaricom(step.evidence)
    if before.checkoutRequestID != nil, !isRenamable, after.checkoutRequestID != before.checkoutRequestID {
      broken.append("a CheckoutRequestID was replaced")
    }
    return broken
  }

  private static func status(_ step: World.Step) -> [String] {
    let (before, after) = (step.before, step.decision.transaction)
    var broken: [String] = []
    if before.status == .completed, after.status != .completed { broken.append("completed went back") }
    if before.status != .pending, after.status == .pending { broken.append("a settled payment became pending") }
    if after.status == .pending, after.nextQueryAt == nil { broken.append("pending without a next question") }
    if after.status == .completed, after.nextQueryAt != nil { broken.append("a question about a completed payment") }
    if (after.status == .pending) != (after.settledAt == nil) { broken.append("settledAt does not fit the status") }
    let needsReason = after.status == .failed || after.status == .review
    if needsReason != (after.reason != nil) { broken.append("the reason does not fit the status") }
    if before.status == .failed, after.status == .completed, !after.flags.contains(.lateSuccess), !isRuling(step) {
      broken.append("late success without its flag")
    }
    return broken
  }

  private static func trust(_ step: World.Step) -> [String] {
    let (before, after) = (step.before, step.decision.transaction)
    var broken: [String] = []
    if case .callback(_, .none) = step.evidence {
      var unasked = after
      unasked.nextQueryAt = before.nextQueryAt
      if unasked != before || step.decision.paysOrder || step.decision.notification != nil {
        broken.append("a stranger changed something")
      }
      if let earlier = before.nextQueryAt, after.nextQueryAt.map({ $0 > earlier }) ?? true {
        broken.append("a stranger put a question off")
      }
    }
    if case .callback(let callback, .token) = step.evidence,
      before.checkoutRequestID == nil || (before.isMatchedByPerson && before.status != .completed),
      callback.phone == "254711222333"
    {
      if after.checkoutRequestID != before.checkoutRequestID || after.receipt != before.receipt
        || step.decision.paysOrder || before.status != .completed && after.status == .completed
      {
        broken.append("a callback about another phone named or paid a payment that had no name of Safaricom's")
      }
    }
    if case .operatorMatch = step.evidence {
      var unnamed = after
      (unnamed.checkoutRequestID, unnamed.nextQueryAt) = (before.checkoutRequestID, before.nextQueryAt)
      if unnamed != before || step.decision.paysOrder || step.decision.notification != nil {
        broken.append("a match changed more than a name")
      }
    }
    if after.status != before.status {
      switch (after.status, step.evidence) {
      case (.completed, .callback(let callback, .token)):
        if callback.resultCode.text != "0" || callback.amount != before.amount || callback.receipt == nil {
          broken.append("completed by a callback that does not prove payment")
        }
      case (.completed, .queryAnswer(.result(let code, _))):
        if code.text != "0" { broken.append("completed by an answer that is not exactly 0") }
      case (.completed, .operatorRuling(.completed, _, _)), (.failed, .operatorRuling(.failed, _, _)): break
      case (.failed, .callback(let callback, .token)):
        if callback.resultCode.meaning.isInconclusive { broken.append("failed on no information") }
      case (.failed, .queryAnswer(.result(let code, _))):
        if code.meaning.isInconclusive { broken.append("failed on no information") }
      case (.failed, .pushAnswer(.rejected)), (.review, .callback(_, .token)): break
      case (.review, .pushAnswer(.accepted)):
        if step.circumstances.checkoutHeldBy == nil { broken.append("review on a push answer that fits") }
      case (.review, .queryAnswer), (.review, .notAskable):
        if step.circumstances.nextQueryAt != nil { broken.append("gave up before the schedule was exhausted") }
      default: broken.append("this evidence may not lead to \(after.status)")
      }
    }
    return broken
  }

  private static func money(_ step: World.Step, _ world: World) -> [String] {
    let (before, after) = (step.before, step.decision.transaction)
    var broken: [String] = []
    let completes = before.status != .completed && after.status == .completed
    if step.decision.paysOrder {
      if !completes { broken.append("paid without completing") }
      if step.order.paidBy != nil { broken.append("an order was paid twice") }
    } else if completes {
      if step.order.paidBy == nil { broken.append("completed, and the order not paid") }
      if !after.flags.contains(.duplicatePayment) { broken.append("a second payment without its flag") }
    }
    if let receipt = after.receipt, world.holders[receipt] != after.id { broken.append("a receipt has two holders") }
    if after.status == .completed, (after.receipt == nil) != after.flags.contains(.receiptMissing) {
      broken.append("receipt_missing does not fit the receipt")
    }
    return broken
  }

  private static func timeline(_ step: World.Step) -> [String] {
    let (before, after) = (step.before, step.decision.transaction)
    let (event, notification) = (step.decision.event, step.decision.notification)
    var broken: [String] = []
    if event.at != step.now || event.detail.isEmpty { broken.append("an event without its time or words") }
    let tells: Set<TimelineEvent.Kind> = [.completed, .lateSuccess, .failed, .pushRejected, .review, .ruling]
    if (after.status != before.status) && !tells.contains(event.kind) {
      broken.append("the status changed without an event that says so")
    }
    if after.status == before.status, after.reason == before.reason, tells.contains(event.kind) {
      broken.append("an event tells of a change that did not happen")
    }
    let matters =
      after.status != before.status || after.reason != before.reason || after.receipt != before.receipt
      || after.flags != before.flags
    if matters && notification == nil { broken.append("the merchant was not told") }
    if case .completed? = notification, after.status != .completed { broken.append("told completed, and it is not") }
    if case .failed? = notification, after.status != .failed { broken.append("told failed, and it is not") }
    if case .review? = notification, after.status != .review { broken.append("told review, and it is not") }
    return broken
  }

  /// Whether it is Safaricom's own word about which push it is.
  private static func isSafaricom(_ evidence: Evidence) -> Bool {
    switch evidence {
    case .callback(_, .token), .pushAnswer: true
    case .callback(_, .none), .queryAnswer, .notAskable, .operatorRuling, .operatorMatch: false
    }
  }

  private static func isRuling(_ step: World.Step) -> Bool {
    if case .operatorRuling = step.evidence { true } else { false }
  }
}

extension ResultMeaning {
  fileprivate var isInconclusive: Bool {
    switch self {
    case .paid, .pending, .ambiguous: true
    case .cancelled, .timeout, .refused: false
    }
  }
}
