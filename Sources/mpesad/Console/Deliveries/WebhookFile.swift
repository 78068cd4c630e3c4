import HummingbirdCore

/// A list of webhooks as a file; phones are masked.
struct WebhookFile: Sendable {
  /// Webhooks in one file at most: some 20 MB, and more than a spreadsheet is pleasant with.
  static let maximumRows = 100_000

  static let header = [
    "webhook", "webhook-id", "event", "payment", "state", "attempts", "last attempt", "last status", "last answer",
    "next attempt", "decided", "finished", "note",
  ]

  let desk: OperatorDesk
  let query: WebhookListQuery

  var body: ResponseBody {
    CSVFile<Int64>(header: Self.header, what: "webhooks", maximumRows: Self.maximumRows) { [desk, query] last, limit in
      let records = try await query.operation(after: last, limit: limit).perform(at: desk)
      return (records.map(Self.cells), records.count == limit ? records.last?.id : nil)
    }.body
  }

  private static func cells(_ record: WebhookRecord) -> [String] {
    [
      String(record.id), record.webhookID, record.type, String(record.transactionID), record.state,
      String(record.attempts), record.lastAttempt?.at.description ?? "",
      record.lastAttempt?.status.map { String($0) } ?? "", PlainText.line(record.lastAttempt?.answer ?? ""),
      record.nextAttemptAt?.description ?? "", record.createdAt.description, record.finishedAt?.description ?? "",
      record.note ?? "",
    ]
  }
}
