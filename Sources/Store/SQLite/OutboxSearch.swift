import Daraja
import GRDB
import Payments

/// A page of the outbox as SQL: what stands behind `FROM outbox`.
///
/// One index holds event and state, and in it the rows of both together are in order. A list that names only one of the two is put together
/// from the few values of the other, each in order and cut to a page. Times are found by halving.
struct OutboxSearch {
  let sql: String
  let arguments: StatementArguments

  /// - Parameter limit: rows of the page.
  init(_ filter: OutboxFilter, after last: OutboxID?, limit: Int, in db: Database) throws {
    let (lower, end) = try OrderedInTime(table: "outbox", column: "created_at").span(
      since: filter.since, until: filter.until, in: db)
    sql = Self.sql(for: filter)
    var arguments: StatementArguments = [
      lower, min(last?.number ?? .max, end), filter.since ?? .min, filter.until ?? .max, limit,
    ]
    if let transaction = filter.transaction { arguments += [transaction.number] }
    if let order = filter.order { arguments += [order.number] }
    self.arguments = arguments
  }

  /// Arguments are the ids and the times that the page lies between, its length, and the transaction and the order where one is wanted.
  static func sql(for filter: OutboxFilter) -> String {
    let span = "id > ?1 AND id < ?2 AND created_at >= ?3 AND created_at < ?4"
    let order = "ORDER BY id DESC LIMIT ?5"
    if filter.transaction != nil || filter.order != nil {
      return "INDEXED BY outbox_transaction WHERE \(owner(filter)) AND \(span)\(kind(filter)) \(order)"
    }
    guard filter.state != nil || filter.notification != nil else { return "WHERE \(span) \(order)" }
    let events = filter.notification.map { [$0] } ?? Notification.allCases
    let states = filter.state.map { [$0] } ?? OutboxState.allCases
    let parts = events.flatMap { event in
      states.map { state in
        """
        SELECT id FROM (SELECT id FROM outbox INDEXED BY outbox_listed
        WHERE notification = '\(event.rawValue)' AND state = '\(state.rawValue)' AND \(span) \(order))
        """
      }
    }
    return "WHERE id IN (\(parts.joined(separator: " UNION ALL "))) \(order)"
  }

  private static func owner(_ filter: OutboxFilter) -> String {
    var next = 6
    var conditions: [String] = []
    if filter.transaction != nil {
      conditions.append("transaction_id = ?\(next)")
      next += 1
    }
    if filter.order != nil {
      conditions.append("transaction_id IN (SELECT id FROM transactions WHERE order_id = ?\(next))")
    }
    return conditions.joined(separator: " AND ")
  }

  private static func kind(_ filter: OutboxFilter) -> String {
    [
      filter.notification.map { " AND notification = '\($0.rawValue)'" },
      filter.state.map { " AND state = '\($0.rawValue)'" },
    ].compactMap(\.self).joined()
  }
}
