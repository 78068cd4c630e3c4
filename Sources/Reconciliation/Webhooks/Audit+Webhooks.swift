import Daraja
import Logging
public import Payments
public import Store

/// What the journal tells of webhooks. Never what the receiver wrote, and never the address: both may hold secrets.
extension Audit {
  func webhook(_ entry: OutboxEntry, _ answer: WebhookAnswer, _ verdict: OutboxVerdict) {
    var metadata: Logger.Metadata = [
      "MPESA_TRANSACTION_ID": "\(entry.transaction)", "MPESA_WEBHOOK_ID": "\(entry.webhookID)",
      "MPESA_WEBHOOK_TYPE": "\(entry.notification.rawValue)", "MPESA_WEBHOOK_ATTEMPT": "\(entry.attempts + 1)",
    ]
    if let status = answer.status { metadata["MPESA_WEBHOOK_STATUS"] = "\(status)" }
    switch verdict {
    case .delivered: write(.info, "The merchant's system was told.", metadata)
    case .retry(let next):
      metadata["MPESA_WEBHOOK_NEXT"] = "\(UTCTimestamp.format(next))"
      write(.notice, "The merchant's system was not told, and is tried again: \(answer.summary)", metadata)
    case .parked(let note):
      write(
        .error,
        "A webhook is given up: \(note) Mend the receiver, then `mpesad deliveries resend \(entry.id)`.", metadata)
    }
  }

  func webhooksImpossible(_ error: WebhookTargetError) {
    write(.warning, "Webhooks wait: \(error)", [:])
  }

  func unaddressed(_ count: Int) {
    write(.info, "\(count) webhooks had nobody to be told: mpesa_webhook_url was not set for 3 days.", [:])
  }

  /// A person has webhooks sent again.
  public func resent(_ entries: [OutboxID], by actor: String) {
    for entry in entries {
      write(
        .notice, "\(actor) has webhook \(entry) sent again.",
        ["MPESA_EVENT": "webhook_resent", "MPESA_OUTBOX": "\(entry)", "MPESA_ACTOR": "\(actor)"])
    }
  }

  /// A person looked at a webhook's body as it is, with the payer's number in it.
  public func bodyShown(_ entry: OutboxEntry, to actor: String) {
    write(
      .notice, "\(actor) looked at the whole body of webhook \(entry.id).",
      [
        "MPESA_EVENT": "webhook_shown", "MPESA_TRANSACTION_ID": "\(entry.transaction)", "MPESA_ACTOR": "\(actor)",
      ])
  }
}
