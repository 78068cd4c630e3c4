import Payments
import Store

/// Lists webhooks, newest first.
struct ListWebhooks: Operation {
  static let name = "deliveries-list"

  var state: String?
  var transaction: Int64?
  /// The list begins behind this one.
  var after: Int64?
  var limit: Int

  func perform(at desk: OperatorDesk) async throws -> [WebhookRecord] {
    var filter = OutboxFilter(transaction: transaction.map { TransactionID($0) })
    if let state {
      guard let known = OutboxState(rawValue: state) else {
        let states = OutboxState.allCases.map(\.rawValue).joined(separator: ", ")
        throw OperationError(.invalid, "There is no state \(PlainText.line(state)). The states are \(states).")
      }
      filter.state = known
    }
    var records: [WebhookRecord] = []
    for entry in try await desk.store.outbox(filter, after: after.map { OutboxID($0) }, limit: limit) {
      let last = entry.attempts == 0 ? nil : try await desk.store.outboxAttempts(of: entry.id).last
      records.append(WebhookRecord(entry, lastAttempt: last))
    }
    return records
  }
}
