import Dispatch
import GRDB
import GRDBSQLite
import NIOCore
import Payments

/// One transaction of the writer's.
enum BatchTransaction {
  private static let insert = "INSERT INTO inbox(received_at, source, token, body) VALUES (?, ?, ?, ?)"
  private static let takenMark = "spool_epoch_taken"

  /// Commits a batch. A job that fails for a reason of its own is undone and told; anything that the engine cannot do undoes the whole batch.
  static func run(
    _ batch: WriteQueue.Batch, on db: Database, pace: inout BackgroundPace
  ) throws -> ([Acceptance], [(any Error)?]) {
    try transaction(on: db) {
      var acceptances: [Acceptance] = []
      acceptances.reserveCapacity(batch.appends.count)
      try store(batch.appends.lazy.map(\.delivery), on: db) { acceptances.append(.stored($0)) }
      var verdicts: [(any Error)?] = []
      for job in batch.prompt { verdicts.append(try run(job, on: db)) }
      if !batch.background.isEmpty {
        let start = DispatchTime.now().uptimeNanoseconds
        for job in batch.background { verdicts.append(try run(job, on: db)) }
        pace.ran(from: start, to: DispatchTime.now().uptimeNanoseconds)
      }
      return (acceptances, verdicts)
    }
  }

  /// Commits what the spool holds, and that this epoch of it is taken in.
  static func takeIn(_ spool: Spool, on db: Database) throws {
    try transaction(on: db) {
      try store(spool.deliveries, on: db) { _ in }
      try db.execute(
        sql: "INSERT INTO marks(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        arguments: [takenMark, Int64(clamping: spool.epoch)])
    }
  }

  /// The last epoch of the spool that the database has taken in.
  static func takenEpoch(_ db: Database) throws -> UInt64 {
    UInt64(clamping: try Int64.fetchOne(db, sql: "SELECT value FROM marks WHERE name = ?", arguments: [takenMark]) ?? 0)
  }

  /// Has the database take in this epoch of the spool when it is opened next, although it may have done so before: a delivery that is there
  /// twice counts once, and one that is passed over is lost.
  static func expect(_ epoch: UInt64, on db: Database) throws {
    try db.execute(
      sql: "UPDATE marks SET value = ? WHERE name = ? AND value >= ?",
      arguments: [Int64(clamping: epoch) - 1, takenMark, Int64(clamping: epoch)])
  }

  private static func transaction<Value>(on db: Database, _ body: () throws -> Value) throws -> Value {
    try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    do {
      let value = try body()
      try db.cachedStatement(sql: "COMMIT").execute()
      return value
    } catch {
      // Some errors have rolled back already. Rolling back can only fail when there is nothing left to roll back.
      if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK") }
      throw error
    }
  }

  private static func run(_ job: WriteQueue.Job, on db: Database) throws -> (any Error)? {
    guard job.guarded else {
      try job.run(db)
      return nil
    }
    do {
      try db.inSavepoint {
        try job.run(db)
        return .commit
      }
      return nil
    } catch {
      guard db.isInsideTransaction, !error.isEngineFailure else { throw error }
      return error
    }
  }

  /// The hot path: one prepared statement, bound without copies.
  static func store(
    _ deliveries: some Sequence<NewDelivery>, on db: Database, stored: (DeliveryID) -> Void
  ) throws {
    let prepared = try db.cachedStatement(sql: insert)
    let statement = prepared.sqliteStatement
    for delivery in deliveries {
      sqlite3_bind_int64(statement, 1, delivery.receivedAt)
      if let token = delivery.token {
        sqlite3_bind_int64(statement, 3, token.number)
      } else {
        sqlite3_bind_null(statement, 3)
      }
      var source = delivery.source
      let result = source.withUTF8 { source in
        delivery.body.withUnsafeReadableBytes { body in
          source.withMemoryRebound(to: CChar.self) {
            _ = sqlite3_bind_text(statement, 2, $0.baseAddress, Int32($0.count), nil)
          }
          // A nil pointer would bind NULL where an empty body is meant.
          if body.isEmpty {
            sqlite3_bind_zeroblob(statement, 4, 0)
          } else {
            sqlite3_bind_blob(statement, 4, body.baseAddress, Int32(body.count), nil)
          }
          return sqlite3_step(statement)
        }
      }
      let id = sqlite3_last_insert_rowid(db.sqliteConnection)
      sqlite3_reset(statement)
      guard result == SQLITE_DONE else {
        throw DatabaseError(resultCode: ResultCode(rawValue: result), message: db.lastErrorMessage, sql: insert)
      }
      stored(DeliveryID(id))
    }
    sqlite3_clear_bindings(statement)
  }
}

extension Error {
  /// True for errors that say nothing about the statement, only that the engine cannot write now.
  var isEngineFailure: Bool {
    guard let error = self as? DatabaseError else { return false }
    switch error.resultCode {
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_READONLY,
      .SQLITE_CANTOPEN,
      .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT:
      return true
    default: return false
    }
  }
}
