import Payments
import Reconciliation
import Store

/// Shows one webhook with its body and the attempts to deliver it.
struct ShowWebhook: Operation {
  static let name = "deliveries-show"

  struct Answer: Codable, Sendable {
    var webhook: WebhookRecord
    var attempts: [WebhookAttempt]
    /// The body as it is sent, or with the payer's number masked; nil when retention removed it.
    var body: String?
  }

  var id: Int64
  /// Whether the body is given as it is, with the payer's number. Leaves a line in the journal.
  var whole: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    guard let entry = try await desk.store.outboxEntry(OutboxID(id)) else {
      throw OperationError(.notFound, "There is no webhook \(id). The list of deliveries has their numbers.")
    }
    let attempts = try await desk.store.outboxAttempts(of: entry.id)
    var body: String?
    if entry.purgedAt == nil {
      if whole {
        desk.audit.operated(
          desk.actor, "looked at the whole body of webhook \(entry.id)", transaction: entry.transaction)
      }
      body = PhoneMask(showing: whole)(String(decoding: entry.payload, as: UTF8.self))
    }
    return Answer(
      webhook: WebhookRecord(entry, lastAttempt: attempts.last), attempts: attempts.map { WebhookAttempt($0) },
      body: body)
  }
}
