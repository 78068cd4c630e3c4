public import Daraja
import Foundation
import GRDB
public import Payments

extension SQLiteStore: UnprovenStore {
  public func unprovenMessages(days: Int) async throws -> UnprovenMessages {
    let budget = unprovenBudget
    return try await read { db in try UnprovenLedger.standing(db, budget: budget, days: days) }
  }

  public func purgeUnproven(limit: Int, at now: Microseconds) async throws -> Purge {
    let budget = unprovenBudget
    return try await write(.background) { db in
      try UnprovenLedger(db: db, now: now).makeRoom(in: budget, limit: limit)
    }
  }

  /// Counts and kept counts are read in one snapshot, so that what is committed meanwhile changes neither.
  public func recountUnproven() async throws -> (rows: Int, bytes: Int) {
    let off = try await read { db in
      let (kept, found) = (try UnprovenLedger.counts(db), try UnprovenLedger.recount(db))
      return (rows: found.rows - kept.rows, bytes: found.bytes - kept.bytes)
    }
    guard off != (0, 0) else { return off }
    try await write(.background) { db in
      try UnprovenLedger(db: db, now: 0).add(rows: off.rows, bytes: off.bytes)
    }
    return off
  }
}

extension SQLiteStore: DiscardingStore {
  public func discard(
    _ messages: [DeliveryID], who: String, why: String, at now: Microseconds
  ) async throws -> [DeliveryID] {
    try await write { db in
      try MessageBytes.overwriting(db) {
        try messages.filter { try Self.discard($0, who: who, why: why, at: now, in: db) }
      }
    }
  }

  /// One that came to a transaction's own address stays listed with that transaction.
  private static func discard(
    _ id: DeliveryID, who: String, why: String, at now: Microseconds, in db: Database
  ) throws -> Bool {
    let left = try UnprovenLedger(db: db, now: now).leave(
      """
      UPDATE inbox SET state = 'discarded', next_attempt_at = NULL, transaction_id = coalesce(transaction_id, CASE
        WHEN token_nonce IS (SELECT nonce FROM transactions WHERE transactions.id = inbox.token) THEN token END)
      WHERE id = ? AND state IN ('unmatched', 'quarantined')
      """, [id.number])
    guard !left.isEmpty else { return false }
    let select = try db.cachedStatement(sql: "SELECT purged_at IS NULL, note FROM inbox WHERE id = ?")
    let row = try Row.fetchOne(select, arguments: [id.number])
    let words = "Discarded by \(who): \(why)."
    try db.cachedStatement(sql: "UPDATE inbox SET note = ? WHERE id = ?").execute(arguments: [
      [words, row?[1]].compactMap { $0 }.joined(separator: " Before: "), id.number,
    ])
    if row?[0] == true { try MessageBytes(db: db, now: now).rewrite(id.number, how: "with it") }
    return true
  }
}
