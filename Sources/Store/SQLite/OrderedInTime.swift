import Daraja
import GRDB

/// A table that is appended to, so that its rows are in the order of a time but for ``BrowsingLimit/clockSlack``. A time in it is found by
/// halving, and needs no index that each new row would pay for.
struct OrderedInTime {
  let table: String
  let column: String

  /// The ids that all rows of a span of time lie between, both excluded. Others may lie there too.
  func span(since: Microseconds?, until: Microseconds?, in db: Database) throws -> (lower: Int64, upper: Int64) {
    let slack = BrowsingLimit.clockSlack
    return (
      lower: try since.map { try lastBefore($0 - min(slack, $0), in: db) } ?? 0,
      upper: try until.map { try lastBefore($0.addingUpToEnd(slack), in: db) + 1 } ?? .max
    )
  }

  /// The last row before a time, or 0.
  private func lastBefore(_ time: Microseconds, in db: Database) throws -> Int64 {
    let newest = try db.cachedStatement(sql: "SELECT max(id) FROM \(table)")
    let probe = try db.cachedStatement(
      sql: "SELECT id, \(column) FROM \(table) WHERE id <= ? ORDER BY id DESC LIMIT 1")
    var early: Int64 = 0
    var late = (try Int64.fetchOne(newest) ?? 0) + 1
    // All up to `early` came before the time, `late` and what follows did not. Rows may be missing in between.
    while late - early > 1 {
      let middle = early + (late - early) / 2
      guard let row = try Row.fetchOne(probe, arguments: [middle]), row[0] > early else {
        early = middle
        continue
      }
      if row[1] < time { early = middle } else { late = row[0] }
    }
    return early
  }
}
