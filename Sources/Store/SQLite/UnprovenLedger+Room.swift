import Daraja
import GRDB

/// Making room.
extension UnprovenLedger {
  /// The length of a day, in microseconds.
  private static let day: Microseconds = 86_400_000_000

  /// Whether a message is never purged, although nothing is proven by its address: it stopped the program, names a CheckoutRequestID of
  /// ours, or a person took it to be about a payment.
  private static let isKept = """
    state = 'quarantined' AND attempts > \(attemptsOfPoison)
    OR EXISTS (SELECT 1 FROM transactions WHERE transactions.checkout_request_id = inbox.checkout_request_id)
    OR EXISTS (
      SELECT 1 FROM events INDEXED BY events_matches WHERE source = 'operator' AND events.delivery_id = inbox.id)
    """

  /// What could be purged next: its number, when it came, the length of its body, and whether it is kept.
  private static let columns = "id, received_at, length(body), \(isKept)"

  /// What can go, in the order in which it goes. First what has no bytes any more, so that what can still be read goes last.
  private enum Stock: CaseIterable {
    /// Settled beyond what its transaction may get.
    case excess
    /// Without bytes, the longest first.
    case empty
    /// With its bytes, the oldest first.
    case whole

    /// Arguments: the first number that is not to go, and the limit.
    ///
    /// The inbox's last row never goes: SQLite would give its number to the next message.
    var sql: String {
      switch self {
      case .excess:
        """
        SELECT id, received_at, 0, FALSE FROM inbox INDEXED BY inbox_excess WHERE purge_rule = 'excess' AND id < ? ORDER BY id LIMIT ?
        """
      case .empty:
        """
        SELECT \(columns) FROM inbox INDEXED BY inbox_unproven WHERE \(condition) AND purged_at IS NOT NULL AND id < ?
        ORDER BY purged_at, id LIMIT ?
        """
      case .whole:
        """
        SELECT \(columns) FROM inbox INDEXED BY inbox_unproven WHERE \(condition) AND purged_at IS NULL AND id < ?
        ORDER BY id LIMIT ?
        """
      }
    }
  }

  /// Makes room where there is more than the budget allows.
  /// - Parameter limit: at most so many rows are looked at.
  /// - Returns: how many rows went or lost their bytes, and whether there is still too much that can go.
  func makeRoom(in budget: UnprovenBudget, limit: Int) throws -> Purge {
    let before = try Self.counts(db)
    guard before.rows > budget.rows || before.bytes > budget.bytes, limit > 0 else {
      return Purge(count: 0, goesOn: false)
    }
    var removals = Removals()
    var looked = 0
    try MessageBytes.overwriting(db) {
      for stock in Stock.allCases {
        let over = before.rows - removals.rows - removals.kept.rows - budget.rows
        guard over > 0, looked < limit else { continue }
        looked += try remove(stock, atMost: min(over, limit - looked), into: &removals)
      }
      let over = before.bytes - removals.bytes - removals.kept.bytes - budget.bytes
      if over > 0 && looked < limit { looked += try strip(over, limit: limit - looked, into: &removals) }
    }
    try record(removals)
    let after = try Self.counts(db)
    // Nothing was looked at: the counts are wrong, or only the last row is left.
    return Purge(
      count: removals.rows + removals.bodies,
      goesOn: looked > 0 && (after.rows > budget.rows || after.bytes > budget.bytes))
  }

  private func candidates(_ stock: Stock, limit: Int) throws -> [Row] {
    let last = try Int64.fetchOne(try db.cachedStatement(sql: "SELECT max(id) FROM inbox")) ?? 0
    return try Row.fetchAll(try db.cachedStatement(sql: stock.sql), arguments: [last, limit])
  }

  private func remove(_ stock: Stock, atMost limit: Int, into removals: inout Removals) throws -> Int {
    let rows = try candidates(stock, limit: limit)
    let messages = MessageBytes(db: db, now: now)
    for row in rows {
      guard !row[3] else {
        try keep(row, &removals)
        continue
      }
      try messages.delete(row[0])
      removals.add(row, isRow: true)
    }
    return rows.count
  }

  /// Takes the bytes of the oldest until so many are gone.
  private func strip(_ bytes: Int, limit: Int, into removals: inout Removals) throws -> Int {
    let goal = removals.bytes + bytes
    let messages = MessageBytes(db: db, now: now)
    var looked = 0
    for row in try candidates(.whole, limit: limit) {
      guard removals.bytes < goal else { break }
      looked += 1
      guard !row[3] else {
        try keep(row, &removals)
        continue
      }
      try messages.rewrite(row[0], how: "to make room for newer ones that prove nothing either")
      removals.add(row, isRow: false)
    }
    return looked
  }

  /// It is never purged: the budget counts it no more, and it is not looked at again.
  private func keep(_ row: Row, _ removals: inout Removals) throws {
    removals.kept.rows += 1
    removals.kept.bytes += row[2]
    try db.cachedStatement(sql: "UPDATE inbox SET purge_rule = 'kept' WHERE id = ?")
      .execute(arguments: [row[0] as Int64])
    try add(rows: -1, bytes: -(row[2] as Int))
  }

  /// What went in one go, by the day on which it came.
  private struct Removals {
    var rows = 0
    var bodies = 0
    var bytes = 0
    /// What turned out to be kept, and is not counted any more.
    var kept = (rows: 0, bytes: 0)
    var byDay: [Int64: (rows: Int, bodies: Int, bytes: Int)] = [:]

    mutating func add(_ row: Row, isRow: Bool) {
      let length: Int = row[2]
      rows += isRow ? 1 : 0
      bodies += isRow ? 0 : 1
      bytes += length
      var day = byDay[(row[1] as Int64) / UnprovenLedger.day, default: (0, 0, 0)]
      day = (day.rows + (isRow ? 1 : 0), day.bodies + (isRow ? 0 : 1), day.bytes + length)
      byDay[(row[1] as Int64) / UnprovenLedger.day] = day
    }
  }

  private func record(_ removals: Removals) throws {
    guard removals.rows + removals.bodies > 0 else { return }
    try db.cachedStatement(
      sql: """
        UPDATE unproven_counts SET rows = rows - ?1, bytes = bytes - ?3,
          removed_rows = removed_rows + ?1, removed_bodies = removed_bodies + ?2, removed_bytes = removed_bytes + ?3
        """
    ).execute(arguments: [removals.rows, removals.bodies, removals.bytes])
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO unproven_removed(day, rows, bodies, bytes) VALUES (?, ?, ?, ?)
        ON CONFLICT(day) DO UPDATE SET
          rows = rows + excluded.rows, bodies = bodies + excluded.bodies, bytes = bytes + excluded.bytes
        """)
    for (day, gone) in removals.byDay {
      try statement.execute(arguments: [day, gone.rows, gone.bodies, gone.bytes])
    }
  }

  /// How things stand.
  static func standing(_ db: Database, budget: UnprovenBudget, days: Int) throws -> UnprovenMessages {
    let row = try Row.fetchOne(
      db,
      sql: "SELECT rows, bytes, without_event, removed_rows, removed_bodies, removed_bytes FROM unproven_counts")
    let byDay = try Row.fetchAll(
      db, sql: "SELECT day, rows, bodies, bytes FROM unproven_removed ORDER BY day DESC LIMIT ?", arguments: [days])
    guard let row else { return UnprovenMessages(budget: budget) }
    return UnprovenMessages(
      rows: row[0], bytes: row[1], budget: budget, withoutEvent: row[2], removed: (row[3], row[4], row[5]),
      removedByDay: byDay.map {
        UnprovenMessages.Removal(day: ($0[0] as Int64) * day, rows: $0[1], bodies: $0[2], bytes: $0[3])
      })
  }
}
