public import Daraja
import Foundation
import GRDB

extension SQLiteStore: RetentionStore {
  public func moveCutoff(to cutoff: Microseconds, stride: Microseconds) async throws -> Microseconds {
    try await write(.background) { db in
      // Where nothing came for long, or the first times are of a clock that was wrong, there is nothing to go through slowly.
      let next = try Int64.fetchOne(
        db,
        sql: """
          SELECT min(received_at) FROM (
            SELECT received_at FROM inbox WHERE id > ifnull((SELECT value FROM marks WHERE name = 'retention_inbox'), 0)
            ORDER BY id LIMIT 1000)
          """)
      let kept = try Int64.fetchOne(db, sql: "SELECT value FROM marks WHERE name = 'retention_cutoff'")
      let moved = min(cutoff, max(kept ?? .min, next ?? cutoff).addingUpToEnd(stride))
      try db.execute(
        sql: """
          INSERT INTO marks(name, value) VALUES ('retention_cutoff', ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value
          """, arguments: [moved])
      return moved
    }
  }

  public func purgeDeliveries(
    receivedBefore cutoff: Microseconds, limit: Int, at now: Microseconds
  ) async throws -> Purge {
    try await write(.background) { db in
      try Forgetting(db: db, now: now).deliveries(receivedBefore: cutoff, limit: limit)
    }
  }

  public func purgeOutbox(finishedBefore cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Purge {
    try await write(.background) { db in
      try Forgetting(db: db, now: now).outbox(finishedBefore: cutoff, limit: limit)
    }
  }
}

/// Forgetting as SQL. Runs inside a transaction of the writer's.
struct Forgetting {
  /// The last delivery that was looked at for the first time, and the last of those passed over that was looked at again.
  private static let mark = "retention_inbox"
  private static let againMark = "retention_again"
  /// How many deliveries behind the mark are looked at in one step. Where nothing is old enough all of them are too new, and to look through
  /// a whole inbox for the exception would hold the writer for seconds.
  static let stretch = BrowsingLimit.deliveriesLookedAt
  /// How many of those passed over are looked at again in one step, a few milliseconds' work. A step goes on where the one before ended, and a
  /// round ends when all had their turn: so 100,000 that stay cost 200 short steps an hour and keep nobody waiting.
  static let lookedAtAgain = 500

  let db: Database
  let now: Microseconds

  /// What a look at one delivery showed.
  private enum Look {
    /// Its bytes may go.
    case due
    /// Not now: it is at work, waits for a person, or is evidence of what is not over.
    case later
    /// There is nothing to remove, now or later.
    case never
  }

  func deliveries(receivedBefore cutoff: Microseconds, limit: Int) throws -> Purge {
    let (again, isRound) = try lookAgain(receivedBefore: cutoff, limit: limit)
    let (fresh, isAll) = try lookOn(receivedBefore: cutoff, limit: limit)
    try forget(again + fresh, table: "inbox", column: "body", hash: "body_sha256")
    return Purge(count: again.count + fresh.count, goesOn: !isAll || !isRound)
  }

  /// Looks at those behind the mark. What is not due is passed over, and looked at again later.
  /// - Returns: those that are due, and whether nothing more is old enough.
  private func lookOn(receivedBefore cutoff: Microseconds, limit: Int) throws -> (due: [Int64], isAll: Bool) {
    // Rows are counted and not numbers: numbers may be missing. The state stands behind the body, and is read of those that count only.
    let rows = try Row.fetchCursor(
      try db.cachedStatement(
        sql: """
          SELECT id, CASE WHEN received_at < ? THEN state END, purged_at IS NOT NULL FROM inbox WHERE id > ? ORDER BY id LIMIT ?
          """), arguments: [cutoff, try mark(Self.mark), Self.stretch])
    var due: [Int64] = []
    var passedOver: [Int64] = []
    var young: [Int64] = []
    var (looked, last) = (0, Int64?.none)
    while looked < limit, let row = try rows.next() {
      let id: Int64 = row[0]
      guard !row.hasNull(atIndex: 1) else {
        young.append(id)
        continue
      }
      looked += 1
      last = id
      // Those among older ones came when the clock was ahead.
      passedOver += young
      young = []
      switch try look(at: id, state: row[1], isPurged: row[2], cutoff) {
      case .due: due.append(id)
      case .later: passedOver.append(id)
      case .never: break
      }
    }
    let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO retention_passed_over(delivery_id) VALUES (?)")
    for id in passedOver { try insert.execute(arguments: [id]) }
    // All of them lie ahead: they came when the clock was. Those behind them must not wait until it has caught up.
    if looked == 0, young.count == Self.stretch, try areAhead(young) {
      for id in young { try insert.execute(arguments: [id]) }
      last = young.last
    }
    if let last { try set(Self.mark, last) }
    return (due, looked < limit)
  }

  private func areAhead(_ ids: [Int64]) throws -> Bool {
    guard let first = ids.first, let last = ids.last else { return false }
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM inbox WHERE id BETWEEN ? AND ? AND received_at <= ?)"
    return try Bool.fetchOne(db, sql: sql, arguments: [first, last, now]) ?? false
  }

  /// Looks again at some of those that were passed over, in turn.
  /// - Returns: those that are due, and whether all had their turn.
  private func lookAgain(receivedBefore cutoff: Microseconds, limit: Int) throws -> (due: [Int64], isRound: Bool) {
    let ids = try Int64.fetchAll(
      try db.cachedStatement(
        sql: "SELECT delivery_id FROM retention_passed_over WHERE delivery_id > ? ORDER BY delivery_id LIMIT ?"),
      arguments: [try mark(Self.againMark), Self.lookedAtAgain])
    let select = try db.cachedStatement(
      sql: "SELECT CASE WHEN received_at < ? THEN state END, purged_at IS NOT NULL FROM inbox WHERE id = ?")
    var due: [Int64] = []
    var done: [Int64] = []
    var last: Int64 = 0
    for id in ids where due.count < limit {
      last = id
      guard let row = try Row.fetchOne(select, arguments: [cutoff, id]) else { continue }
      guard !row.hasNull(atIndex: 0) else { continue }
      switch try look(at: id, state: row[0], isPurged: row[1], cutoff) {
      case .due:
        due.append(id)
        done.append(id)
      case .later: break
      case .never: done.append(id)
      }
    }
    try remove(done, from: "retention_passed_over", key: "delivery_id")
    let isRound = ids.count < Self.lookedAtAgain && last == ids.last ?? 0
    try set(Self.againMark, isRound ? 0 : last)
    return (due, isRound)
  }

  private func look(at id: Int64, state: String, isPurged: Bool, _ cutoff: Microseconds) throws -> Look {
    guard !isPurged else { return .never }
    guard state == DeliveryState.settled.rawValue else { return .later }
    return try isEvidence(id, since: cutoff) ? .later : .due
  }

  /// Whether a delivery is evidence of a payment that is not over, or that a person ruled on since then: the payment that it was settled with,
  /// the one whose address it came to, and each that a person took it to be about.
  private func isEvidence(_ id: Int64, since cutoff: Microseconds) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT EXISTS (
          SELECT 1 FROM transactions WHERE id IN (
            SELECT transaction_id FROM inbox WHERE id = ?1 UNION SELECT token FROM inbox WHERE id = ?1
            UNION SELECT transaction_id FROM events INDEXED BY events_matches
              WHERE source = 'operator' AND delivery_id = ?1)
          AND (status IN ('pending', 'review') OR EXISTS (
            SELECT 1 FROM events INDEXED BY events_rulings
            WHERE events.transaction_id = transactions.id AND source = 'operator' AND at >= ?2)))
        """)
    return try Bool.fetchOne(statement, arguments: [id, cutoff]) ?? false
  }

  private func mark(_ name: String) throws -> Int64 {
    try Int64.fetchOne(
      try db.cachedStatement(sql: "SELECT value FROM marks WHERE name = ?"), arguments: [name]) ?? 0
  }

  private func set(_ name: String, _ value: Int64) throws {
    try db.cachedStatement(
      sql: "INSERT INTO marks(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value"
    ).execute(arguments: [name, value])
  }

  func outbox(finishedBefore cutoff: Microseconds, limit: Int) throws -> Purge {
    var ids: [Int64] = []
    for state in ["delivered", "unaddressed"] where ids.count < limit {
      ids += try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM outbox WHERE state = '\(state)' AND purged_at IS NULL AND finished_at < ? ORDER BY finished_at LIMIT ?
          """, arguments: [cutoff, limit - ids.count])
    }
    try forget(ids, table: "outbox", column: "payload", hash: "payload_sha256")
    try remove(ids, from: "outbox_attempts", key: "outbox_id")
    return Purge(count: ids.count, goesOn: ids.count == limit)
  }

  /// Puts the hash in place of the bytes. What is removed is overwritten in the file, so that it cannot be read there any more.
  private func forget(_ ids: [Int64], table: String, column: String, hash: String) throws {
    let select = try db.cachedStatement(sql: "SELECT \(column) FROM \(table) WHERE id = ?")
    let update = try db.cachedStatement(
      sql: "UPDATE \(table) SET \(column) = x'', \(hash) = ?, purged_at = ?, note = ? WHERE id = ?")
    try MessageBytes.overwriting(db) {
      for id in ids {
        let removed = MessageBytes.removed(try Data.fetchOne(select, arguments: [id]) ?? Data())
        try update.execute(arguments: [removed.sha256, now, removed.note("by retention"), id])
      }
    }
  }

  private func remove(_ ids: [Int64], from table: String, key: String) throws {
    let statement = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(key) = ?")
    for id in ids { try statement.execute(arguments: [id]) }
  }
}
