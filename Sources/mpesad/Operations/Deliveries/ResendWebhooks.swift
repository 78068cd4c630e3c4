import Payments
import Reconciliation
import Store

/// Has webhooks sent again at once, under their old names and with their old bodies.
struct ResendWebhooks: Operation {
  static let name = "deliveries-resend"
  /// Webhooks of one state that are taken up in one go.
  static let mostAtOnce = 10_000
  /// As many are named in the trail of operators one by one, each with its payment; more are named together.
  static let mostNamed = 20

  struct Answer: Codable, Hashable, Sendable {
    /// The numbers of those that are sent again, or would be.
    var resent: [Int64]
    /// How many of them were delivered before.
    var deliveredBefore: Int
    /// Those that cannot be sent again.
    var skipped: [Skipped]
    /// Whether there are more in that state.
    var more: Bool
    var isDryRun: Bool
  }

  struct Skipped: Codable, Hashable, Sendable {
    var id: Int64
    /// When retention removed its body.
    var purgedAt: Moment
  }

  /// These; or all in ``state``.
  var ids: [Int64]
  var state: String?
  /// Why, for the trail of operators.
  var reason: String?
  var isDryRun: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    if let reason { try OperatorReason.check(reason) }
    guard let state else { return try await resend(try await named(at: desk), more: false, at: desk) }
    guard let wanted = OutboxState(rawValue: state), wanted == .parked || wanted == .unaddressed else {
      throw OperationError(.invalid, "Only parked and unaddressed webhooks can be sent again together.")
    }
    var found: [OutboxEntry] = []
    var page: [OutboxEntry]
    repeat {
      page = try await desk.store.outbox(
        OutboxFilter(state: wanted), after: found.last?.id, limit: BrowsingLimit.page)
      found += page
    } while page.count == BrowsingLimit.page && found.count < Self.mostAtOnce
    return try await resend(found, more: page.count == BrowsingLimit.page, at: desk)
  }

  private func named(at desk: OperatorDesk) async throws -> [OutboxEntry] {
    var entries: [OutboxEntry] = []
    for id in Set(ids).sorted() {
      guard let entry = try await desk.store.outboxEntry(OutboxID(id)) else {
        throw OperationError(.notFound, "There is no webhook \(id). Nothing was sent again.")
      }
      entries.append(entry)
    }
    return entries
  }

  /// All whose bodies are still there, or none where writing fails.
  private func resend(_ entries: [OutboxEntry], more: Bool, at desk: OperatorDesk) async throws -> Answer {
    let whole = entries.filter { $0.purgedAt == nil }.sorted { $0.id < $1.id }
    let skipped = entries.compactMap { entry in
      entry.purgedAt.map { Skipped(id: entry.id.number, purgedAt: Moment($0)) }
    }
    var resent = whole
    if !isDryRun, !whole.isEmpty {
      let resendings = try await desk.store.resend(whole.map(\.id), at: desk.timing.now())
      resent = zip(whole, resendings).filter { $0.1 == .due }.map(\.0)
      note(resent, at: desk)
    }
    return Answer(
      resent: resent.map(\.id.number), deliveredBefore: resent.count { $0.state == .delivered }, skipped: skipped,
      more: more, isDryRun: isDryRun)
  }

  private func note(_ resent: [OutboxEntry], at desk: OperatorDesk) {
    guard resent.count > Self.mostNamed, let first = resent.first, let last = resent.last else {
      for entry in resent {
        desk.audit.operated(
          desk.actor, "has webhook \(entry.id) sent again", transaction: entry.transaction, why: reason)
      }
      return
    }
    let kind = state.map { $0 + " " } ?? ""
    desk.audit.operated(
      desk.actor, "has \(resent.count) \(kind)webhooks sent again, from \(first.id) to \(last.id)", why: reason)
  }
}
