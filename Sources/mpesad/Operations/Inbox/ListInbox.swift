import Payments
import Store

/// Looks through the inbox, newest first.
struct ListInbox: Operation {
  static let name = "inbox-list"
  /// Stretches of the inbox searched for one answer: a million rows.
  static let maximumStretches = 50

  struct Answer: Codable, Sendable {
    var deliveries: [DeliveryRecord]
    /// What to give as `--after` for more; nil at the end.
    var next: Int64?
  }

  var state: DeliveryState?
  var source: String?
  var since: Moment?
  var until: Moment?
  var after: Int64?
  var limit: Int
  var showPhone: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    var filter = DeliveryFilter()
    filter.state = state
    filter.source = source
    filter.since = since?.microseconds
    filter.until = until?.microseconds
    var found: [DeliverySummary] = []
    var next = after.map { DeliveryID($0) }
    var stretches = 0
    repeat {
      let page = try await desk.store.deliveries(filter, after: next, limit: limit - found.count)
      found += page.deliveries
      next = page.next
      stretches += 1
    } while next != nil && found.count < limit && stretches < Self.maximumStretches
    if showPhone, !found.isEmpty {
      desk.audit.operated(desk.actor, "looked at the full phone numbers in \(found.count) deliveries")
    }
    return Answer(deliveries: found.map { DeliveryRecord($0, showPhone: showPhone) }, next: next?.number)
  }
}
