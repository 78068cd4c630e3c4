import Payments
import Store

/// Lists webhooks, newest first.
struct ListWebhooks: Operation {
  static let name = "deliveries-list"

  var state: String?
  /// What they tell, such as `payment.completed`.
  var event: String?
  var transaction: Int64?
  var order: Int64?
  var since: Moment?
  var until: Moment?
  /// The list begins behind this one.
  var after: Int64?
  var limit: Int

  func perform(at desk: OperatorDesk) async throws -> [WebhookRecord] {
    var filter = OutboxFilter(transaction: transaction.map { TransactionID($0) })
    filter.state = try state.map { try Self.known($0, "state") }
    filter.notification = try event.map { try Self.known($0, "event") }
    filter.order = order.map { OrderID($0) }
    filter.since = since?.microseconds
    filter.until = until?.microseconds
    let entries = try await desk.store.outbox(filter, after: after.map { OutboxID($0) }, limit: limit)
    let last = try await desk.store.lastOutboxAttempts(of: entries.map(\.id))
    return entries.map { WebhookRecord($0, lastAttempt: last[$0.id]) }
  }

  private static func known<Value: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ what: String
  ) throws -> Value {
    guard let value = Value(rawValue: text) else {
      let values = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw OperationError(.invalid, "There is no \(what) \(PlainText.line(text)). The \(what)s are \(values).")
    }
    return value
  }
}
