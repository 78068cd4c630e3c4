import Daraja
import Logging
import Store

/// What the journal tells of webhooks. Never what the receiver wrote, and never the address: both may hold secrets.
extension Audit {
  func webhook(_ entry: OutboxEntry, _ answer: WebhookAnswer, _ verdict: OutboxVerdict) {
    var metadata: Logger.Metadata = [
      "MPESA_TRANSACTION_ID": "\(entry.transaction)", "MPESA_WEBHOOK_ID": "\(entry.webhookID)",
      "MPESA_WEBHOOK_TYPE": "\(entry.notification.rawValue)", "MPESA_WEBHOOK_ATTEMPT": "\(entry.attempts + 1)",
    ]
    if let status = answer.status { metadata["MPESA_WEBHOOK_STATUS"] = "\(status)" }
    switch verdict {
    case .delivered:
      meters.count(.webhookDelivered)
      write(.webhookDelivered, .info, "The merchant's system was told.", metadata)
    case .retry(let next):
      metadata["MPESA_WEBHOOK_NEXT"] = "\(UTCTimestamp.format(next))"
      meters.count(.webhookRetried)
      write(
        .webhookRetried, .notice, "The merchant's system was not told, and is tried again: \(answer.summary)", metadata)
    case .parked(let note):
      meters.count(.webhookParked)
      write(
        .webhookParked, .error,
        "A webhook is given up: \(note) Mend the receiver, then `mpesad deliveries resend \(entry.id)`.", metadata)
    }
  }

  func webhooksImpossible(_ error: WebhookTargetError) {
    write(.webhooksImpossible, .warning, "Webhooks wait: \(error)", [:])
  }

  func unaddressed(_ count: Int) {
    write(
      .webhookUnaddressed, .info, "\(count) webhooks had nobody to be told: mpesa_webhook_url was not set for 3 days.",
      [:])
  }
}
