public import Daraja

/// What `settle` makes of one piece of evidence: the transaction as it stands now, and what else must be committed with it.
public struct Decision: Hashable, Sendable {
  /// The transaction after the evidence.
  public var transaction: Transaction
  /// What goes into the timeline. Every piece of evidence leaves one event, whether it changed anything or not.
  public var event: TimelineEvent
  /// What the merchant is to be told; nil when nothing changed for the merchant.
  public var notification: Notification?
  /// True when this decision's money pays the order.
  public var paysOrder: Bool

  init(_ transaction: Transaction, _ event: TimelineEvent, notify: Notification? = nil, paysOrder: Bool = false) {
    self.transaction = transaction
    self.event = event
    self.notification = notify
    self.paysOrder = paysOrder
  }
}

/// What the merchant's own system learns. The raw values are the webhook's event types.
public enum Notification: String, Hashable, Sendable, CaseIterable {
  case completed = "payment.completed"
  case failed = "payment.failed"
  case review = "payment.review"
  case amended = "payment.amended"
}

/// One line of a transaction's timeline. Append-only.
public struct TimelineEvent: Hashable, Sendable {
  /// What happened. Raw values are stable.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case pushRequested = "push_requested"
    case pushAccepted = "push_accepted"
    case pushRejected = "push_rejected"
    case pushUncertain = "push_uncertain"
    case completed
    case failed
    case review
    case lateSuccess = "late_success"
    case receiptFilled = "receipt_filled"
    case contradicted
    case duplicate
    case ignored
    case untrusted
    case noInformation = "no_information"
    case ruling
    case matched
  }

  /// Where the evidence came from. Raw values are stable.
  public enum Source: String, Hashable, Sendable, CaseIterable {
    case push, callback, query, schedule
    case ruling = "operator"
  }

  /// What happened.
  public var kind: Kind
  /// Where the evidence came from.
  public var source: Source
  /// The result code in the evidence, as Safaricom wrote it.
  public var resultCode: ResultCode?
  /// One sentence for a person. Holds no secret and no full phone number.
  public var detail: String
  /// When it was decided.
  public var at: Microseconds

  /// An event with all its parts.
  public init(kind: Kind, source: Source, resultCode: ResultCode? = nil, detail: String, at: Microseconds) {
    self.kind = kind
    self.source = source
    self.resultCode = resultCode
    self.detail = detail
    self.at = at
  }
}
