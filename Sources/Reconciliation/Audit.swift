public import Daraja
public import Logging
public import Payments
public import Store

/// The audit log: one structured entry for each thing that happened to a payment. Phones are masked; secrets never come near it.
///
/// Every step of a payment passes here after its commit, so that whoever counts the steps or watches a payment learns of it here, too.
public struct Audit: Sendable {
  /// The label of the logger that the entries belong to.
  public static let label = "payments.mpesa"
  /// How much of a CheckoutRequestID is written, in characters. Safaricom's have at most 64; those of strangers have any length.
  static let longestCheckoutRequestID = 64

  /// Those who watch single payments.
  public let feed: TransactionFeed
  let logger: Logger
  let meters: PaymentMeters

  /// Writes to this logger at level notice and above, tells this feed, and counts with these meters.
  public init(logger: Logger, feed: TransactionFeed = TransactionFeed(), meters: PaymentMeters = PaymentMeters()) {
    self.logger = logger
    self.feed = feed
    self.meters = meters
  }

  /// Evidence was weighed.
  public func record(_ decision: Decision, before: Transaction, delivery: Delivery? = nil) {
    meters.count(decision, before: before)
    feed.changed(decision.transaction.id)
    let level: Logger.Level = decision.transaction.status == .review && before.status != .review ? .warning : .notice
    guard logger.logLevel <= level else { return }
    var metadata = fields(of: decision.transaction)
    metadata["MPESA_EVIDENCE"] = "\(decision.event.source.rawValue)"
    if let code = decision.event.resultCode { metadata["MPESA_RESULT_CODE"] = "\(code)" }
    if let delivery { metadata.merge(fields(of: delivery)) { $1 } }
    if decision.event.source == .query { metadata["MPESA_ATTEMPT"] = "\(decision.transaction.queries)" }
    write(AuditEvent(decision.event.kind), level, "\(decision.event.detail)", metadata)
  }

  /// A push intent was committed.
  public func opened(_ transaction: Transaction) {
    var metadata = fields(of: transaction)
    metadata["MPESA_EVIDENCE"] = "\(TimelineEvent.Source.push.rawValue)"
    write(
      .pushRequested, .notice, "A prompt over \(transaction.amount) to \(transaction.phone.masked).", metadata)
  }

  /// A delivery was worked on.
  /// - Parameter finding: what reading it showed, for the fields of an entry without a transaction.
  public func record(_ conclusion: Conclusion, of delivery: Delivery, finding: Finding? = nil) {
    switch conclusion {
    case .decided(let before, let decision): record(decision, before: before, delivery: delivery)
    case .parked:
      undecided(.deliveryParked, .info, "A callback fits no transaction yet; it is tried again.", delivery, finding)
    case .unmatched:
      undecided(
        .deliveryUnmatched, .warning, "A callback fits no transaction; it is kept and listed.", delivery, finding)
    case .quarantined(let reason):
      undecided(.deliveryQuarantined, .warning, "A delivery is quarantined: \(reason)", delivery, finding)
    case .refused(let detail):
      undecided(.deliveryRefused, .error, "A delivery could not be settled: \(detail)", delivery, finding)
    }
  }

  /// Safaricom answered a question, or did not. What that means for the payment is recorded when it is committed.
  func asked(_ outcome: QueryOutcome) { meters.count(outcome) }

  /// A question that somebody waits for was not put.
  func budgetExhausted(until: Microseconds, now: Microseconds) {
    write(
      .budgetExhausted, .info, "The budget for questions is used up; they wait their turn.",
      ["MPESA_WAIT_SECONDS": "\(max(until - now, 0) / 1_000_000)"])
  }

  /// The breaker moved.
  public func record(_ transition: CircuitBreaker.Transition, because failure: DarajaFailure?) {
    switch transition {
    case .opened:
      write(
        .breakerOpened, .warning, "Safaricom is not asked for a while: \(failure?.description ?? "unknown")",
        failure.map { ["MPESA_REASON": "\($0.kind.rawValue)"] } ?? [:])
    case .closed: write(.breakerClosed, .notice, "Safaricom answers questions again.", [:])
    }
  }

  /// A part of the work failed and is tried again.
  public func trouble(_ what: String, _ error: any Error) {
    write(.trouble, .error, "\(what)", ["error": "\(error)"])
  }

  private func undecided(
    _ event: AuditEvent, _ level: Logger.Level, _ message: Logger.Message, _ delivery: Delivery, _ finding: Finding?
  ) {
    meters.count(event)
    guard logger.logLevel <= level else { return }
    var metadata = fields(of: delivery)
    metadata["MPESA_EVIDENCE"] = "\(TimelineEvent.Source.callback.rawValue)"
    if case .evidence(_, let callback, _, _) = finding {
      metadata["MPESA_RESULT_CODE"] = "\(callback.resultCode)"
      if let id = callback.checkoutRequestID { metadata["MPESA_CHECKOUT_REQUEST_ID"] = "\(Self.masked(id))" }
      if let receipt = callback.receipt { metadata["MPESA_RECEIPT"] = "\(receipt)" }
    }
    write(event, level, message, metadata)
  }

  func write(
    _ event: AuditEvent, _ level: Logger.Level, _ message: Logger.Message, _ fields: Logger.Metadata
  ) {
    var fields = fields
    fields["MPESA_EVENT"] = "\(event.rawValue)"
    logger.log(level: level, message, metadata: fields)
  }

  private func fields(of delivery: Delivery) -> Logger.Metadata {
    [
      "MPESA_DELIVERY": "\(delivery.id)", "MPESA_SOURCE": "\(delivery.source)",
      "MPESA_ATTEMPT": "\(delivery.attempts + 1)",
    ]
  }

  private func fields(of transaction: Transaction) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "MPESA_TRANSACTION_ID": "\(transaction.id)", "MPESA_ORDER_ID": "\(transaction.orderID)",
      "MPESA_STATUS": "\(transaction.status.rawValue)", "MPESA_AMOUNT": "\(transaction.amount)",
      "MPESA_PHONE": "\(transaction.phone.masked)",
    ]
    if let id = transaction.checkoutRequestID { metadata["MPESA_CHECKOUT_REQUEST_ID"] = "\(Self.masked(id))" }
    if let receipt = transaction.receipt { metadata["MPESA_RECEIPT"] = "\(receipt)" }
    if let reason = transaction.reason { metadata["MPESA_REASON"] = "\(reason.rawValue)" }
    if !transaction.flags.isEmpty { metadata["MPESA_FLAGS"] = "\(transaction.flags.names.joined(separator: " "))" }
    return metadata
  }

  /// A CheckoutRequestID ends in the payer's nine digits; the last three are enough to recognise it.
  static func masked(_ checkoutRequestID: String) -> String {
    let id = checkoutRequestID.prefix(longestCheckoutRequestID)
    let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard digits >= 9 else { return String(id) }
    return id.dropLast(9) + "••••" + id.suffix(3)
  }
}
