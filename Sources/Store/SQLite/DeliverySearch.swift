import Daraja
import GRDB
import Payments

/// A page of the inbox.
///
/// The inbox has no index on times or sources, since each would cost every arriving callback. It is in order of arrival, so a time is found by
/// halving; a source is found by looking through a bounded stretch.
struct DeliverySearch {
  private static let columns = """
    id, received_at, source, token, state, attempts, note, transaction_id, length(body), substr(body, 1, \(DeliverySummary.beginningLength)), purged_at IS NOT NULL
    """

  /// The deliveries of one transaction; arguments are the transaction three times, and the limit. A token of its number with another nonce is
  /// not its own.
  static let ofTransaction = """
    SELECT \(Delivery.columns) FROM inbox WHERE id IN (
      SELECT id FROM inbox WHERE transaction_id = ?
      UNION SELECT id FROM inbox WHERE token = ? AND state IN ('parked', 'unmatched', 'quarantined')
        AND token_nonce IS (SELECT nonce FROM transactions WHERE transactions.id = ?)
      ORDER BY id LIMIT ?)
    ORDER BY id
    """

  private let filter: DeliveryFilter
  /// The page lies between these, both excluded.
  private let lower: Int64
  private let upper: Int64

  init(_ filter: DeliveryFilter, after last: DeliveryID?, in db: Database) throws {
    self.filter = filter
    let (lower, end) = try OrderedInTime(table: "inbox", column: "received_at").span(
      since: filter.since, until: filter.until, in: db)
    self.lower = lower
    upper = min(last?.number ?? .max, end)
  }

  /// Its statement; arguments are ``lower`` and ``upper``.
  static func sql(for filter: DeliveryFilter) -> String {
    let condition =
      switch filter.state {
      case nil, .settled: ""
      case .some(let state): "state = '\(state.rawValue)' AND "
      }
    return "SELECT \(columns) FROM inbox WHERE \(condition)id > ? AND id < ? ORDER BY id DESC"
  }

  func page(limit: Int, in db: Database) throws -> DeliveryPage {
    var page = DeliveryPage(deliveries: [], next: nil)
    let statement = try db.cachedStatement(sql: Self.sql(for: filter))
    let rows = try Row.fetchCursor(statement, arguments: [lower, upper])
    var looked = 0
    var last: DeliveryID?
    while let row = try rows.next() {
      // One more than fits was found, or it is enough for one page: the next begins behind what was looked at.
      guard page.deliveries.count < limit, looked < BrowsingLimit.deliveriesLookedAt else {
        page.next = last
        break
      }
      looked += 1
      let summary = try DeliverySummary(row)
      last = summary.id
      if filter.admits(summary) { page.deliveries.append(summary) }
    }
    return page
  }
}

extension DeliverySummary {
  init(_ row: Row) throws {
    self.init(
      id: DeliveryID(row[0]), receivedAt: row[1], source: row[2], token: (row[3] as Int64?).map { TransactionID($0) },
      state: try row.value(4, DeliveryState.init(rawValue:)), attempts: row[5], note: row[6],
      transaction: (row[7] as Int64?).map { TransactionID($0) }, length: row[8],
      beginning: try row.withUnsafeData(atIndex: 9) { data in data.map { Array($0) } ?? [] }, isPurged: row[10])
  }
}
