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
  /// Where what people do is kept; nil where it is not.
  public let trail: OperatorTrail?

  /// Writes to this logger, tells this feed, and counts with these meters.
  public init(
    logger: Logger, feed: TransactionFeed = TransactionFeed(), meters: PaymentMeters = PaymentMeters(),
    trail: OperatorTrail? = nil
  ) {
    self.trail = trail
    self.logger = logger
    self.feed = feed
    self.meters = meters
  }

  /// Evidence was weighed.
  /// - Parameter actor: who ruled, where a person did.
  public func record(
    _ decision: Decision, before: Transaction, delivery: Delivery? = nil, by actor: String? = nil
  ) {
    meters.count(decision, before: before)
    feed.changed(decision.transaction.id, of: decision.transaction.orderID)
    if let actor {
      trail?.note(actor, "decided about a payment", transaction: decision.transaction.id, why: decision.event.detail)
    }
    let event = AuditEvent(decision.event.kind)
    guard logger.logLevel <= event.definition.level else { return }
    var fields = fields(of: decision.transaction)
    fields[.evidence] = decision.event.source.rawValue
    fields[.resultCode] = decision.event.resultCode.map { "\($0)" }
    fields[.actor] = actor
    if let delivery { add(delivery, to: &fields) }
    if decision.event.source == .query { fields[.attempt] = "\(decision.transaction.queries)" }
    logger.audit(event, "\(decision.event.detail)", fields)
  }

  /// A push intent was committed.
  public func opened(_ transaction: Transaction) {
    feed.changed(transaction.id, of: transaction.orderID)
    var fields = fields(of: transaction)
    fields[.evidence] = TimelineEvent.Source.push.rawValue
    logger.audit(.pushRequested, "A prompt over \(transaction.amount) to \(transaction.phone.masked).", fields)
  }

  /// A delivery that was acknowledged is taken up for the first time, or again after the work on it was cut off.
  /// - Parameter finding: what reading it showed.
  func takenUp(_ delivery: Delivery, finding: Finding) {
    guard logger.logLevel <= AuditEvent.callbackAccepted.definition.level else { return }
    var fields = fields(of: delivery, finding)
    fields[.trust] = delivery.token == nil ? "none" : "token"
    fields[.receivedAt] = UTCTimestamp.format(delivery.receivedAt)
    fields[.transactionID] = delivery.token.map { "\($0.id)" }
    logger.audit(
      .callbackAccepted,
      delivery.token.map { "A callback came to the address of transaction \($0.id)." }
        ?? "A callback came to the bare address.", fields)
  }

  /// A delivery was worked on.
  /// - Parameter finding: what reading it showed, for the fields of an entry without a transaction.
  public func record(_ conclusion: Conclusion, of delivery: Delivery, finding: Finding? = nil) {
    switch conclusion {
    case .decided(let before, let decision): record(decision, before: before, delivery: delivery)
    case .counted:
      // The store counts them. An entry for each would let a stranger fill the journal.
      break
    case .parked:
      undecided(.deliveryParked, "A callback fits no transaction yet; it is tried again.", delivery, finding)
    case .unmatched where delivery.token != nil:
      undecided(
        .deliveryUnmatched,
        "A callback came to the own address of a payment that is not in this database; it is kept and listed.",
        delivery,
        finding)
    case .unmatched:
      undecided(.deliveryUnmatched, "A callback fits no transaction; it is kept and listed.", delivery, finding)
    case .quarantined(let reason):
      undecided(.deliveryQuarantined, "A delivery is quarantined: \(reason)", delivery, finding)
    case .refused(let detail):
      undecided(.deliveryRefused, "A delivery could not be settled: \(detail)", delivery, finding)
    }
  }

  /// Safaricom answered a question, or did not. What that means for the payment is recorded when it is committed.
  /// - Parameter transaction: as it was when the question was put.
  func asked(_ outcome: QueryOutcome, about transaction: Transaction) {
    meters.count(outcome)
    var fields = fields(of: transaction)
    fields[.evidence] = TimelineEvent.Source.query.rawValue
    fields[.attempt] = "\(transaction.queries + 1)"
    fields[.outcome] = outcome.name
    switch outcome {
    case .final(let code, _):
      fields[.resultCode] = "\(code)"
      logger.audit(.queryAnswered, "Safaricom was asked, and answered with result code \(code).", fields)
    case .pending:
      logger.audit(.queryAnswered, "Safaricom was asked, and has not decided yet.", fields)
    case .noInformation(let failure), .permanent(let failure):
      logger.audit(.queryUnanswered, "Safaricom was asked, and told nothing: \(failure.description)", fields)
    }
  }

  /// A question that somebody waits for was not put.
  /// - Parameter wait: how long until the next one may be, in microseconds.
  func budgetExhausted(wait: Microseconds) {
    logger.audit(
      .budgetExhausted, "The budget for questions is used up; they wait their turn.",
      [.waitSeconds: "\(wait / 1_000_000)"])
  }

  /// The breaker moved.
  public func record(_ transition: CircuitBreaker.Transition, because failure: DarajaFailure?) {
    switch transition {
    case .opened:
      var fields: AuditFields = [:]
      fields[.reason] = failure?.kind.rawValue
      logger.audit(
        .breakerOpened, "Safaricom is not asked for a while: \(failure?.description ?? "unknown")", fields)
    case .closed: logger.audit(.breakerClosed, "Safaricom answers questions again.")
    }
  }

  /// A part of the work failed and is tried again.
  public func trouble(_ what: String, _ error: any Error) {
    logger.audit(.trouble, "\(what)", [.error: "\(error)"])
  }

  private func undecided(
    _ event: AuditEvent, _ message: @autoclosure () -> Logger.Message, _ delivery: Delivery, _ finding: Finding?
  ) {
    meters.count(event)
    logger.audit(event, message(), fields(of: delivery, finding))
  }

  private func fields(of delivery: Delivery, _ finding: Finding?) -> AuditFields {
    var fields: AuditFields = [.evidence: TimelineEvent.Source.callback.rawValue]
    add(delivery, to: &fields)
    if case .evidence(_, let callback, _, _) = finding {
      fields[.resultCode] = "\(callback.resultCode)"
      fields[.checkoutRequestID] = callback.checkoutRequestID.map(Self.masked)
      fields[.receipt] = callback.receipt.map { "\($0)" }
    }
    return fields
  }

  private func add(_ delivery: Delivery, to fields: inout AuditFields) {
    fields[.delivery] = "\(delivery.id)"
    fields[.source] = delivery.source
    fields[.attempt] = "\(delivery.attempts + 1)"
  }

  private func fields(of transaction: Transaction) -> AuditFields {
    var fields: AuditFields = [
      .transactionID: "\(transaction.id)", .orderID: "\(transaction.orderID)", .status: transaction.status.rawValue,
      .amount: "\(transaction.amount)", .phone: transaction.phone.masked,
    ]
    fields[.checkoutRequestID] = transaction.checkoutRequestID.map(Self.masked)
    fields[.receipt] = transaction.receipt.map { "\($0)" }
    fields[.reason] = transaction.reason?.rawValue
    if !transaction.flags.isEmpty { fields[.flags] = transaction.flags.names.joined(separator: " ") }
    return fields
  }

  /// A CheckoutRequestID ends in the payer's nine digits; the last three are enough to recognise it.
  static func masked(_ checkoutRequestID: String) -> String {
    let id = checkoutRequestID.prefix(longestCheckoutRequestID)
    let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard digits >= 9 else { return String(id) }
    return id.dropLast(9) + "••••" + id.suffix(3)
  }
}
