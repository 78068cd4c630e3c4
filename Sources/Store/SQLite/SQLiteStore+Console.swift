public import Daraja
import Foundation
import GRDB
import Payments

extension SQLiteStore: ConsoleStore {
  public func begin(_ session: StoredSession) async throws {
    try await write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO console_sessions(hash, user, role, started_at, used_at) VALUES (?, ?, ?, ?, ?)",
        arguments: [Data(session.hash), session.user, session.role, session.startedAt, session.usedAt])
      try db.execute(
        sql: """
          DELETE FROM console_sessions WHERE hash IN
            (SELECT hash FROM console_sessions ORDER BY used_at DESC, started_at DESC LIMIT -1 OFFSET ?)
          """, arguments: [Self.sessionCapacity])
    }
  }

  public func session(hash: [UInt8]) async throws -> StoredSession? {
    try await read { db in
      try Row.fetchOne(
        db, sql: "SELECT user, role, started_at, used_at FROM console_sessions WHERE hash = ?", arguments: [Data(hash)]
      ).map {
        StoredSession(
          hash: hash, user: $0["user"], role: $0["role"], startedAt: $0["started_at"], usedAt: $0["used_at"])
      }
    }
  }

  public func use(hash: [UInt8], at now: Microseconds) async throws {
    try await write(.background) { db in
      try db.execute(
        sql: "UPDATE console_sessions SET used_at = max(used_at, ?) WHERE hash = ?", arguments: [now, Data(hash)])
    }
  }

  public func endSession(hash: [UInt8]) async throws {
    try await write { db in
      try db.execute(sql: "DELETE FROM console_sessions WHERE hash = ?", arguments: [Data(hash)])
    }
  }

  public func endSessions(startedBefore: Microseconds, usedBefore: Microseconds) async throws {
    try await write(.background) { db in
      try db.execute(
        sql: "DELETE FROM console_sessions WHERE started_at < ? OR used_at < ?",
        arguments: [startedBefore, usedBefore])
    }
  }

  public func record(_ actions: [OperatorAction]) async throws {
    try await write { db in
      for action in actions {
        try db.cachedStatement(
          sql: "INSERT INTO operator_actions(at, actor, what, transaction_id, why) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [action.at, action.actor, action.what, action.transaction?.number, action.why])
      }
    }
  }

  public func actions(before: Int64?, limit: Int) async throws -> [OperatorAction] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM operator_actions WHERE id < ? ORDER BY id DESC LIMIT ?",
        arguments: [before ?? .max, min(max(limit, 1), BrowsingLimit.page)]
      ).map { row in
        let transaction: Int64? = row["transaction_id"]
        return OperatorAction(
          id: row["id"], at: row["at"], actor: row["actor"], what: row["what"],
          transaction: transaction.map { TransactionID($0) }, why: row["why"])
      }
    }
  }
}
