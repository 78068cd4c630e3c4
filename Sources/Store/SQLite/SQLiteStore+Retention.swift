import Crypto
public import Daraja
import Foundation
import GRDB

extension SQLiteStore: RetentionStore {
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
  /// The last delivery that was looked at.
  private static let mark = "retention_inbox"
  /// How many deliveries behind the mark are looked at in one step. Where nothing is old enough all of them are too new, and to look through
  /// a whole inbox for the exception would hold the writer for seconds.
  static let stretch = BrowsingLimit.deliveriesLookedAt

  let db: Database
  let now: Microseconds

  func deliveries(receivedBefore cutoff: Microseconds, limit: Int) throws -> Purge {
    let mark = try Int64.fetchOne(db, sql: "SELECT value FROM marks WHERE name = ?", arguments: [Self.mark]) ?? 0
    // Numbers may be left out, by a jump when a copy was put back: the stretch begins with the next one that there is.
    let next = try Int64.fetchOne(db, sql: "SELECT id FROM inbox WHERE id > ? ORDER BY id LIMIT 1", arguments: [mark])
    let first = next ?? mark + 1
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT id, state = 'settled' FROM inbox WHERE id >= ? AND id < ? AND received_at < ? ORDER BY id LIMIT ?
        """, arguments: [first, first + Int64(Self.stretch), cutoff, limit])
    var settled = try Int64.fetchAll(
      db,
      sql: """
        SELECT delivery_id FROM retention_passed_over JOIN inbox ON inbox.id = delivery_id WHERE state = 'settled' LIMIT ?
        """, arguments: [limit])
    try remove(settled, from: "retention_passed_over", key: "delivery_id")
    for row in rows {
      if row[1] {
        settled.append(row[0])
      } else {
        try db.execute(
          sql: "INSERT OR IGNORE INTO retention_passed_over(delivery_id) VALUES (?)", arguments: [row[0] as Int64])
      }
    }
    if let last: Int64 = rows.last?[0] {
      try db.execute(
        sql: "INSERT INTO marks(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        arguments: [Self.mark, last])
    }
    try forget(settled, table: "inbox", column: "body", hash: "body_sha256")
    return Purge(count: settled.count, goesOn: rows.count == limit || settled.count >= limit)
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
    try db.execute(sql: "PRAGMA secure_delete = ON")
    defer {
      // Only costs time when it stays on, and cannot fail on an open connection.
      try? db.execute(sql: "PRAGMA secure_delete = OFF")
    }
    let select = try db.cachedStatement(sql: "SELECT \(column) FROM \(table) WHERE id = ?")
    let update = try db.cachedStatement(
      sql: "UPDATE \(table) SET \(column) = x'', \(hash) = ?, purged_at = ?, note = ? WHERE id = ?")
    for id in ids {
      let bytes = try Data.fetchOne(select, arguments: [id]) ?? Data()
      let digest = Data(SHA256.hash(data: bytes))
      let hex = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      let note = "Its \(bytes.count) bytes were removed by retention; their SHA-256 was \(hex)."
      try update.execute(arguments: [digest, now, note, id])
    }
  }

  private func remove(_ ids: [Int64], from table: String, key: String) throws {
    let statement = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(key) = ?")
    for id in ids { try statement.execute(arguments: [id]) }
  }
}
