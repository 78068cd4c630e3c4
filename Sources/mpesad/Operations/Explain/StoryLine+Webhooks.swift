import Payments
import Store

extension SQLiteStore {
  /// What the merchant's system was told of a transaction, and how it took it.
  func webhookStory(of transaction: TransactionID) async throws -> [StoryLine] {
    let entries = try await outbox(OutboxFilter(transaction: transaction), after: nil, limit: BrowsingLimit.page)
    var story: [StoryLine] = []
    for entry in entries.reversed() {
      story += try await outboxAttempts(of: entry.id).map { StoryLine($0, of: entry) }
      if let line = StoryLine(standingOf: entry) { story.append(line) }
    }
    return story
  }
}

extension StoryLine {
  /// An attempt to tell the merchant's system.
  init(_ attempt: OutboxAttempt, of entry: OutboxEntry) {
    let type = entry.notification.rawValue
    self.init(
      at: Moment(attempt.at),
      what: attempt.status.map { "Your system was told \(type), and answered \($0)." }
        ?? "Your system was to be told \(type), in vain: \(attempt.answer)",
      knownBy: "webhook \(entry.id)", webhook: entry.id.number)
  }

  /// What comes next for a webhook that was sent in vain; nil where the attempts tell it all, and where there was nobody to tell.
  init?(standingOf entry: OutboxEntry) {
    let what: String
    switch entry.state {
    case .waiting where entry.attempts > 0:
      what =
        "Your system is told \(entry.notification.rawValue) again\(entry.nextAttemptAt.map { " at \(Moment($0))" } ?? "")."
    case .parked: what = "\(entry.notification.rawValue) was given up. \(entry.note ?? "")"
    case .waiting, .delivered, .unaddressed: return nil
    }
    self.init(
      at: Moment(entry.finishedAt ?? entry.createdAt), what: what, knownBy: "webhook \(entry.id)",
      webhook: entry.id.number)
  }
}
