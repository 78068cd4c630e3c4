public import Daraja

/// Whether a prompt may be sent now.
public enum Admission: Hashable, Sendable {
  /// Go ahead.
  case admit
  /// This order's prompt is still live: answer with it, send nothing.
  case alreadyOpen(TransactionID)
  /// Another order's prompt is live on this phone; M-Pesa handles one at a time.
  case phoneBusy(until: Microseconds)
  /// A prompt for this order or on this phone ended in doubt a moment ago; until then another could debit twice.
  case coolingDown(until: Microseconds)
  /// The order is paid.
  case orderPaid(by: TransactionID)
  /// Money may have come for this order already; a person is to rule first.
  case orderInReview(TransactionID)
  /// A prompt asks for whole shillings, within the limits.
  case amountNotPromptable
}

/// The guard in front of every push.
public struct AdmissionRules: Hashable, Sendable {
  /// How long a prompt counts as live. The longest success seen came 68 s after the push; under 120 s pending is normal.
  public var promptLifetime: Microseconds
  /// How long nothing is sent for an order or to a phone after a push that ended in doubt. Safaricom says at least 60 s for a locked
  /// subscriber, and counts the same amount from the same phone as one payment for 2 minutes (portal, MpesaExpressSimulate).
  public var coolDown: Microseconds
  /// The smallest amount M-Pesa moves is one shilling.
  public var minimum: Amount
  /// The largest a transaction may move: KES 250,000 (portal, MpesaExpressSimulate, FAQ 5).
  public var maximum: Amount

  /// The published limits, and 120 s for a prompt's life and for cooling down.
  public init(
    promptLifetime: Microseconds = 120_000_000, coolDown: Microseconds = 120_000_000,
    minimum: Amount = Amount(cents: 100), maximum: Amount = STKPushRequest.maximumAmount
  ) {
    self.promptLifetime = promptLifetime
    self.coolDown = coolDown
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Decides on one push.
  /// - Parameters:
  ///   - order: what is to be paid.
  ///   - ofOrder: the order's transactions that are pending, in review, or were ambiguous within the cool-down.
  ///   - ofPhone: the phone's transactions that are pending, or were ambiguous within the cool-down.
  ///   - clock: the time, and how far it can be believed.
  public func admit(
    _ order: Order, ofOrder: [Transaction], ofPhone: [Transaction], at clock: ClockReading
  ) -> Admission {
    if let payer = order.paidBy { return .orderPaid(by: payer) }
    if let doubtful = ofOrder.first(where: { $0.status == .review }) { return .orderInReview(doubtful.id) }
    if let open = ofOrder.first(where: { isLive($0, at: clock) }) { return .alreadyOpen(open.id) }
    guard order.amount.wholeShillings != nil, order.amount >= minimum, order.amount <= maximum else {
      return .amountNotPromptable
    }
    let busyUntil =
      ofPhone.filter { $0.status == .pending }.map { clock.end(of: promptLifetime, since: $0.createdAt) }.max()
      ?? clock.now
    let restUntil =
      (ofOrder + ofPhone).compactMap { $0.ambiguousAt }.map { clock.end(of: coolDown, since: $0) }.max() ?? clock.now
    guard max(busyUntil, restUntil) > clock.now else { return .admit }
    return restUntil >= busyUntil ? .coolingDown(until: restUntil) : .phoneBusy(until: busyUntil)
  }

  /// True while the transaction's prompt may still be on the phone.
  public func isLive(_ transaction: Transaction, at clock: ClockReading) -> Bool {
    transaction.status == .pending && clock.elapsed(since: transaction.createdAt) < promptLifetime
  }
}
