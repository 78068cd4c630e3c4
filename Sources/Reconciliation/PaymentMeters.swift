import Daraja
public import Metrics
import Payments

/// Counts what happens to payments. Every series is made at the start, so that it shows 0 before the first event.
public struct PaymentMeters: Sendable {
  private struct Settlement: Hashable {
    var status: PaymentStatus
    var reason: Reason?
  }

  private let settled: [Settlement: Counter]
  private let pushes: [TimelineEvent.Kind: Counter]
  private let answers: [String: Counter]
  private let events: [AuditEvent: Counter]

  /// Counts with this backend.
  public init(_ factory: any MetricsFactory = MetricsSystem.factory) {
    var settled: [Settlement: Counter] = [:]
    for settlement in Self.settlements {
      settled[settlement] = Counter(
        label: "mpesad_transactions_settled_total",
        dimensions: [("status", settlement.status.rawValue), ("reason", settlement.reason?.rawValue ?? "")],
        factory: factory)
    }
    self.settled = settled
    pushes = Self.counters(
      "mpesad_pushes_total", "outcome",
      [.pushAccepted: "accepted", .pushRejected: "rejected", .pushUncertain: "uncertain"], factory)
    answers = Self.counters(
      "mpesad_queries_total", "outcome",
      Dictionary(uniqueKeysWithValues: Self.outcomes.map { ($0, $0) }), factory)
    let deliveries: [AuditEvent: Counter] = Self.counters(
      "mpesad_deliveries_undecided_total", "outcome",
      [
        .deliveryParked: "parked", .deliveryUnmatched: "unmatched", .deliveryQuarantined: "quarantined",
        .deliveryRefused: "refused",
      ], factory)
    let webhooks: [AuditEvent: Counter] = Self.counters(
      "mpesad_webhooks_total", "outcome",
      [.webhookDelivered: "delivered", .webhookRetried: "retried", .webhookParked: "parked"], factory)
    events = deliveries.merging(webhooks) { $1 }
  }

  /// What may come of a payment. A reason stands with one status only.
  private static let settlements =
    [Settlement(status: .completed, reason: nil)]
    + Reason.allCases.map { Settlement(status: $0.isForReview ? .review : .failed, reason: $0) }

  private static let outcomes = ["final", "pending"] + DarajaFailure.Kind.allCases.map(\.rawValue)

  private static func counters<Key: Hashable>(
    _ label: String, _ dimension: String, _ values: [Key: String], _ factory: any MetricsFactory
  ) -> [Key: Counter] {
    values.mapValues { Counter(label: label, dimensions: [(dimension, $0)], factory: factory) }
  }

  /// A decision was committed.
  func count(_ decision: Decision, before: Transaction) {
    pushes[decision.event.kind]?.increment()
    guard decision.transaction.status != before.status else { return }
    settled[Settlement(status: decision.transaction.status, reason: decision.transaction.reason)]?.increment()
  }

  /// Safaricom was asked.
  func count(_ outcome: QueryOutcome) {
    answers[outcome.name]?.increment()
  }

  /// Something happened that is counted by itself: a delivery led to no decision, or a webhook was sent.
  func count(_ event: AuditEvent) { events[event]?.increment() }
}

extension QueryOutcome {
  /// The name in metrics and in the audit log.
  var name: String {
    switch self {
    case .final: "final"
    case .pending: "pending"
    case .noInformation(let failure), .permanent(let failure): failure.kind.rawValue
    }
  }
}

extension Reason {
  /// Whether a person is to decide; otherwise it is the reason of a failure.
  var isForReview: Bool {
    switch self {
    case .amountMismatch, .receiptReused, .contradictory, .unanswered: true
    case .cancelled, .timeout, .insufficientFunds, .wrongPIN, .pinLocked, .limit, .merchantLimit, .invalidParty,
      .promptFailed, .configuration, .badDebt, .pushRejected, .ruledFailed:
      false
    }
  }
}
