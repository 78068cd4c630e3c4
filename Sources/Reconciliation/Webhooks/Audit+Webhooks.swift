import Daraja
import Store

/// What the journal tells of webhooks. Never what the receiver wrote, and never the address: both may hold secrets.
extension Audit {
  func webhook(_ entry: OutboxEntry, _ answer: WebhookAnswer, _ verdict: OutboxVerdict) {
    var fields: AuditFields = [
      .transactionID: "\(entry.transaction)", .webhookID: "\(entry.webhookID)",
      .webhookType: entry.notification.rawValue, .webhookAttempt: "\(entry.attempts + 1)",
    ]
    fields[.webhookStatus] = answer.status.map { "\($0)" }
    switch verdict {
    case .delivered:
      meters.count(.webhookDelivered)
      logger.audit(.webhookDelivered, "The merchant's system was told.", fields)
    case .retry(let next):
      fields[.webhookNext] = UTCTimestamp.format(next)
      meters.count(.webhookRetried)
      logger.audit(
        .webhookRetried, "The merchant's system was not told, and is tried again: \(answer.summary)", fields)
    case .parked(let note):
      meters.count(.webhookParked)
      logger.audit(
        .webhookParked,
        "A webhook is given up: \(note) Mend the receiver, then `mpesad deliveries resend \(entry.id)`.",
        fields)
    }
  }

  func webhooksImpossible(_ error: WebhookTargetError) {
    logger.audit(.webhooksImpossible, "Webhooks wait: \(error)")
  }

  func unaddressed(_ count: Int) {
    logger.audit(
      .webhookUnaddressed, "\(count) webhooks had nobody to be told: mpesa_webhook_url was not set for 3 days.",
      [.count: "\(count)"])
  }
}
