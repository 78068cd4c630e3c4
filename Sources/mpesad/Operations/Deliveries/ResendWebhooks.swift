import Payments
import Reconciliation
import Store

/// Has webhooks sent again at once, under their old names and with their old bodies.
struct ResendWebhooks: Operation {
  static let name = "deliveries-resend"
  /// Webhooks of one state that are taken up in one go.
  static let mostAtOnce = 10_000

  struct Answer: Codable, Hashable, Sendable {
    /// Their numbers.
    var resent: [Int64]
    /// Whether there are more in that state.
    var more: Bool
  }

  /// These; or all in ``state``.
  var ids: [Int64]
  var state: String?

  func perform(at desk: OperatorDesk) async throws -> Answer {
    guard let state else { return try await resend(ids.map { OutboxID($0) }, at: desk) }
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
    var answer = try await resend(found.filter { $0.purgedAt == nil }.map(\.id), at: desk)
    answer.more = page.count == BrowsingLimit.page
    return answer
  }

  /// All of them or none.
  private func resend(_ ids: [OutboxID], at desk: OperatorDesk) async throws -> Answer {
    var transactions: [OutboxID: TransactionID] = [:]
    for id in ids {
      guard let entry = try await desk.store.outboxEntry(id) else {
        throw OperationError(.notFound, "There is no webhook \(id). Nothing was sent again.")
      }
      if let purgedAt = entry.purgedAt {
        throw OperationError(
          .refused, "The body of webhook \(id) was removed by retention at \(Moment(purgedAt)). Nothing was sent again."
        )
      }
      transactions[id] = entry.transaction
    }
    let oldestFirst = ids.sorted()
    let resendings = try await desk.store.resend(oldestFirst, at: desk.timing.now())
    let resent = zip(oldestFirst, resendings).filter { $0.1 == .due }.map(\.0)
    for id in resent {
      desk.audit.operated(desk.actor, "has webhook \(id) sent again", transaction: transactions[id])
    }
    return Answer(resent: resent.map(\.number), more: false)
  }
}
