import Daraja

/// What the merchant's own system is told of one settlement: the body of a webhook.
///
/// `{"type", "timestamp", "data"}`, as Standard Webhooks recommends. The names in ``body`` are stable; new ones may join them. Times are
/// RFC 3339 in UTC, amounts are text in shillings with two decimals, and what is not known is `null`.
public struct WebhookEvent: Hashable, Sendable {
  /// What happened.
  public var notification: Notification
  /// The transaction as it stood right after.
  public var transaction: Transaction
  /// The merchant's own name for the order.
  public var orderReference: String
  /// What was decided, when, and on what evidence.
  public var event: TimelineEvent

  /// What a decision is to tell; nil when it tells nothing.
  public init?(_ decision: Decision, orderReference: String) {
    guard let notification = decision.notification else { return nil }
    self.notification = notification
    self.transaction = decision.transaction
    self.orderReference = orderReference
    self.event = decision.event
  }

  /// The body, in UTF-8. Holds the payer's full number: it is the merchant's own customer.
  public var body: [UInt8] {
    JSONValue.object([
      .init("type", .string(notification.rawValue)), .init("timestamp", .string(UTCTimestamp.format(event.at))),
      .init("data", .object(data)),
    ]).bytes
  }

  private var data: [JSONValue.Member] {
    [
      .init("transaction_id", .number(String(transaction.id.number))),
      .init("order_id", .number(String(transaction.orderID.number))),
      .init("order_reference", .string(orderReference)),
      .init("status", .string(transaction.status.rawValue)),
      .init("reason", Self.text(transaction.reason?.rawValue)),
      .init("flags", .array(transaction.flags.names.map { .string($0) })),
      .init("amount", .string(transaction.amount.description)),
      .init("received_amount", Self.text(transaction.receivedAmount?.description)),
      .init("receipt", Self.text(transaction.receipt?.text)),
      .init("phone_number", .string(transaction.phone.digits)),
      .init("checkout_request_id", Self.text(transaction.checkoutRequestID)),
      .init("result_code", Self.text(transaction.resultCode?.text)),
      .init("result_description", Self.text(transaction.resultDescription)),
      .init("settled_at", Self.text(transaction.settledAt.map { UTCTimestamp.format($0) })),
      .init("evidence", .string(event.source.rawValue)),
      .init("event", .string(event.kind.rawValue)),
      .init("detail", .string(event.detail)),
    ]
  }

  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
