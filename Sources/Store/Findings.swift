public import Daraja
public import Payments

/// Which transaction evidence is about.
public enum Subject: Hashable, Sendable {
  /// The one of this number, whatever its nonce.
  case transaction(TransactionID)
  /// The one whose own address proves this, and no other.
  case token(ProvenToken)
  case checkoutRequestID(String)
}

/// What reading one delivery showed.
public enum Finding: Hashable, Sendable {
  /// A message about a payment. `ifUnknown` says what becomes of it when no transaction fits.
  case evidence(about: Subject, STKCallback, Trust, ifUnknown: Unmatched)
  /// Nothing that could ever be settled; the reason is for people.
  case quarantine(reason: String)
}

/// What becomes of a delivery that fits no transaction.
public enum Unmatched: Hashable, Sendable {
  /// Try again then.
  case park(until: Microseconds)
  /// The parking time is over.
  case giveUp
  /// It came to the own address of a transaction that is not here. It never will be: a transaction is committed before its address leaves.
  case addressUnknown
}

/// What became of one delivery.
public enum Conclusion: Hashable, Sendable {
  case decided(before: Transaction, Decision)
  /// It proves nothing, and ``UnprovenBudget/eventsPerTransaction`` such messages left an event about this transaction already: it was
  /// weighed and counted, left no event, and its bytes are gone.
  case counted(before: Transaction, Decision)
  case parked(until: Microseconds)
  case unmatched
  case quarantined(reason: String)
  /// This one could not be committed for a reason of its own; it is as it was.
  case refused(detail: String)

  /// Whether the merchant is to be told of it.
  var hasNews: Bool {
    if case .decided(_, let decision) = self { decision.notification != nil } else { false }
  }
}

/// What came of asking for a new push.
public enum PushOpening: Hashable, Sendable {
  /// The intent is committed; the push may be sent.
  case opened(Transaction, Order)
  /// No prompt may be sent now.
  case refused(Admission)
  case noSuchOrder
}

/// One line of a timeline, as stored.
public struct StoredEvent: Hashable, Sendable {
  /// What was decided.
  public var event: TimelineEvent
  /// The delivery that was the evidence, if one was.
  public var delivery: DeliveryID?
  /// The status after it.
  public var status: PaymentStatus
  /// The reason after it.
  public var reason: Reason?

  /// A line with all its parts.
  public init(event: TimelineEvent, delivery: DeliveryID?, status: PaymentStatus, reason: Reason?) {
    self.event = event
    self.delivery = delivery
    self.status = status
    self.reason = reason
  }
}

/// How much of each kind there is.
public struct Census: Hashable, Sendable {
  /// Deliveries by state.
  public var deliveries: [DeliveryState: Int] = [:]
  /// When the oldest delivery that waits for a worker came.
  public var oldestWaiting: Microseconds?
  /// Transactions by status.
  public var transactions: [PaymentStatus: Int] = [:]

  /// A census; without parts one of nothing.
  public init(
    deliveries: [DeliveryState: Int] = [:], oldestWaiting: Microseconds? = nil,
    transactions: [PaymentStatus: Int] = [:]
  ) {
    self.deliveries = deliveries
    self.oldestWaiting = oldestWaiting
    self.transactions = transactions
  }
}
