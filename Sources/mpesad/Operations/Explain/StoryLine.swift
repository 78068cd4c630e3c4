import Daraja
import Payments
import Store

/// One thing that happened to a payment, and how that is known.
struct StoryLine: Codable, Hashable, Sendable {
  var at: Moment
  /// What happened, in a sentence or two.
  var what: String
  /// How it is known.
  var knownBy: String
  /// Where the payment stood after it, if it bears on that.
  var status: String?
  /// The result code in it, as Safaricom wrote it.
  var resultCode: String?
  /// The inbox row that it came in, or that it is about.
  var deliveryID: Int64?
  /// The webhook that it is about.
  var webhook: Int64?
  /// What was delivered, as one line of text: see ``PlainText``.
  var body: String?
}

extension StoryLine {
  /// The order was made.
  init(_ order: Order) {
    let purpose = order.description.isEmpty ? "" : " (\(order.description))"
    self.init(
      at: Moment(order.createdAt),
      what: "\(order.createdBy) made order \(order.id), reference \(order.reference)\(purpose), over \(order.amount).",
      knownBy: "our record")
  }

  /// Bytes came to a callback address.
  init(_ delivery: Delivery, of transaction: Transaction, mask: PhoneMask) {
    let address = delivery.isProof(of: transaction) ? "this transaction's own address" : "the bare address"
    self.init(
      at: Moment(delivery.receivedAt),
      what:
        "A callback of \(delivery.body.count) bytes came from \(delivery.source) to \(address). \(Self.fate(of: delivery))",
      knownBy: "delivery \(delivery.id)", deliveryID: delivery.id.number, body: mask(PlainText.line(delivery.body)))
  }

  /// Evidence was weighed.
  init(_ stored: StoredEvent) {
    self.init(
      at: Moment(stored.event.at), what: stored.event.detail, knownBy: Self.origin(of: stored),
      status: stored.status.rawValue + (stored.reason.map { ": " + $0.rawValue } ?? ""),
      resultCode: stored.event.resultCode?.text, deliveryID: stored.delivery?.number)
  }

  private static func fate(of delivery: Delivery) -> String {
    switch delivery.state {
    case .received: "It waits for a worker."
    case .settled: "It was weighed."
    case .parked: "It is tried again."
    case .unmatched: "It fitted no transaction."
    case .quarantined: "It is quarantined: \(delivery.note ?? "no reason was noted")"
    case .discarded: "A person removed it: \(delivery.note ?? "no reason was noted")"
    }
  }

  private static func origin(of stored: StoredEvent) -> String {
    switch stored.event.source {
    case .push where stored.event.kind == .pushRequested: "our record, made before the push left"
    case .push where stored.event.kind == .pushUncertain: "no answer to the push"
    case .push: "Safaricom's answer to the push"
    case .callback where stored.event.kind == .untrusted:
      "a callback to the bare address, which proves nothing"
    case .callback: stored.delivery.map { "delivery \($0)" } ?? "a callback"
    case .query: "Safaricom's answer when asked"
    case .schedule: "our schedule of questions"
    case .ruling where stored.event.kind == .matched: "a person's match"
    case .ruling: "a person's ruling"
    }
  }
}
