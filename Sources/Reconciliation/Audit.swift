public import Daraja
public import Logging
public import Payments
public import Store

/// The audit log: one structured entry for each thing that happened to a payment. Phones are masked; secrets never come near it.
public struct Audit: Sendable {
  let logger: Logger

  /// Writes to this logger, at level notice and above.
  public init(logger: Logger) { self.logger = logger }

  /// Evidence was weighed.
  public func record(_ decision: Decision, before: Transaction, delivery: DeliveryID? = nil) {
    let level: Logger.Level = decision.transaction.status == .review && before.status != .review ? .warning : .notice
    guard logger.logLevel <= level else { return }
    var metadata = fields(of: decision.transaction)
    metadata["MPESA_EVIDENCE"] = "\(decision.event.source.rawValue)"
    if let code = decision.event.resultCode { metadata["MPESA_RESULT_CODE"] = "\(code)" }
    if let delivery { metadata["MPESA_DELIVERY"] = "\(delivery)" }
    metadata["MPESA_EVENT"] = "\(decision.event.kind.rawValue)"
    logger.log(level: level, "\(decision.event.detail)", metadata: metadata)
  }

  /// A push intent was committed.
  public func opened(_ transaction: Transaction) {
    var metadata = fields(of: transaction)
    metadata["MPESA_EVENT"] = "push_requested"
    logger.notice("A prompt over \(transaction.amount) to \(transaction.phone.masked).", metadata: metadata)
  }

  /// A delivery did not lead to a decision.
  public func record(_ conclusion: Conclusion, of delivery: Delivery) {
    let metadata: Logger.Metadata = ["MPESA_DELIVERY": "\(delivery.id)", "MPESA_SOURCE": "\(delivery.source)"]
    switch conclusion {
    case .decided(let before, let decision): record(decision, before: before, delivery: delivery.id)
    case .parked: logger.info("A callback fits no transaction yet; it is tried again.", metadata: metadata)
    case .unmatched: logger.warning("A callback fits no transaction; it is kept and listed.", metadata: metadata)
    case .quarantined(let reason): logger.warning("A delivery is quarantined: \(reason)", metadata: metadata)
    case .refused(let detail): logger.error("A delivery could not be settled: \(detail)", metadata: metadata)
    }
  }

  /// The breaker moved.
  public func record(_ transition: CircuitBreaker.Transition, because failure: DarajaFailure?) {
    switch transition {
    case .opened:
      logger.warning("Safaricom is not asked for a while: \(failure?.description ?? "unknown")")
    case .closed: logger.notice("Safaricom answers questions again.")
    }
  }

  /// A part of the work failed and is tried again.
  public func trouble(_ what: String, _ error: any Error) {
    logger.error("\(what)", metadata: ["error": "\(error)"])
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
    let digits = checkoutRequestID.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard digits >= 9 else { return checkoutRequestID }
    let head = checkoutRequestID.dropLast(9)
    return head + "******" + checkoutRequestID.suffix(3)
  }
}
