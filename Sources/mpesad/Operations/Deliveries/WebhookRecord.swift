import Daraja
import Payments
import Store

/// A webhook as operators see it.
struct WebhookRecord: Codable, Hashable, Sendable {
  var id: Int64
  /// Its name for the merchant.
  var webhookID: String
  var type: String
  var transactionID: Int64
  /// `waiting`, `delivered`, `parked` or `unaddressed`.
  var state: String
  /// Since it was decided, or since it was last sent again by hand.
  var attempts: Int
  var lastAttempt: WebhookAttempt?
  var nextAttemptAt: Moment?
  var createdAt: Moment
  var finishedAt: Moment?
  /// When retention removed its body, so that it cannot be sent again.
  var purgedAt: Moment?
  var note: String?

  init(_ entry: OutboxEntry, lastAttempt: OutboxAttempt?) {
    id = entry.id.number
    webhookID = entry.webhookID
    type = entry.notification.rawValue
    transactionID = entry.transaction.number
    state = entry.state.rawValue
    attempts = entry.attempts
    self.lastAttempt = lastAttempt.map { WebhookAttempt($0) }
    nextAttemptAt = entry.nextAttemptAt.map { Moment($0) }
    createdAt = Moment(entry.createdAt)
    finishedAt = entry.finishedAt.map { Moment($0) }
    purgedAt = entry.purgedAt.map { Moment($0) }
    note = entry.note
  }

  static func table(_ records: [WebhookRecord]) -> TextTable {
    var table = TextTable(header: [
      "id", "type", "transaction", "state", "attempts", "last answer", "next attempt", "decided", "note",
    ])
    for record in records {
      table.add([
        String(record.id), record.type, String(record.transactionID), record.state, String(record.attempts),
        record.lastAttempt?.short ?? "", record.nextAttemptAt?.description ?? "", record.createdAt.description,
        record.note ?? "",
      ])
    }
    for column in [0, 2, 4] { table.alignRight(column: column) }
    return table
  }
}

/// One attempt to deliver a webhook.
struct WebhookAttempt: Codable, Hashable, Sendable {
  var at: Moment
  var milliseconds: Int64
  /// Nil when there was no answer.
  var status: Int?
  /// The beginning of the answer, or what went wrong. A receiver may repeat what it was told: phone numbers are masked.
  var answer: String

  init(_ attempt: OutboxAttempt) {
    at = Moment(attempt.at)
    milliseconds = attempt.duration / 1_000
    status = attempt.status
    answer = PhoneMask(showing: false)(cut: attempt.answer)
  }

  /// For a cell of a table.
  var short: String { status.map { String($0) } ?? String(answer.prefix(Self.shortLength)) }
  private static let shortLength = 40

  static func table(_ attempts: [WebhookAttempt]) -> TextTable {
    var table = TextTable(header: ["attempt", "took", "status", "answer"])
    for attempt in attempts {
      table.add([
        attempt.at.description, "\(attempt.milliseconds) ms", attempt.status.map { String($0) } ?? "none",
        attempt.answer,
      ])
    }
    return table
  }
}
