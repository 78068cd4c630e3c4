import Dispatch
import GRDB
import GRDBSQLite
import NIOCore
import Payments

/// One transaction of the writer's.
enum BatchTransaction {
  private static let insert = "INSERT INTO inbox(received_at, source, token, body, token_nonce) VALUES (?, ?, ?, ?, ?)"
  /// For the first row behind a jump of the numbers; see ``RowNumbers``. A number in every statement would cost each row a search.
  private static let insertNumbered =
    "INSERT INTO inbox(received_at, source, token, body, token_nonce, id) VALUES (?, ?, ?, ?, ?, ?)"

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

  /// Commits something small that nobody needs, to see whether that can be done.
  static func probe(_ db: Database) throws {
    try transaction(on: db) {
      try db.execute(
        sql: """
          INSERT INTO marks(name, value) VALUES ('write_test', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1
          """)
    }
  }

  /// Commits entries of a spool, and with them how far it is taken in.
  static func takeIn(
    _ records: some Collection<SpoolRecord>, of identity: UInt64, on db: Database
  ) throws -> (callbacks: Int, unsentPushes: Int) {
    try transaction(on: db) {
      var end: SpoolPosition?
      var callbacks: [NewDelivery] = []
      var unsent = 0
      for record in records {
        end = record.end
        switch record.entry {
        case .callback(let callback): callbacks.append(callback)
        case .unsentPush(let transaction, let createdAt):
          unsent += 1
          try db.execute(
            sql: "INSERT OR IGNORE INTO unsent_pushes(transaction_id, created_at) VALUES (?, ?)",
            arguments: [transaction.number, createdAt])
        }
      }
      try store(callbacks, on: db) { _ in }
      if let end { try SpoolMarks.set(end, of: identity, db) }
      return (callbacks.count, unsent)
    }
  }

  /// Commits what a spool of format 1 holds, and that it is taken in.
  static func takeIn(_ old: OldSpool, on db: Database) throws -> Int {
    try transaction(on: db) {
      let callbacks = old.waiting(behind: try SpoolMarks.oldEpoch(db))
      try store(callbacks, on: db) { _ in }
      try SpoolMarks.setOldEpoch(old.epoch + 1, db)
      return callbacks.count
    }
  }

  private static func transaction<Value>(on db: Database, _ body: () throws -> Value) throws -> Value {
    try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    do {
      let value = try body()
      try commit(db)
      return value
    } catch {
      // Some errors have rolled back already. Rolling back can only fail when there is nothing left to roll back.
      if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK") }
      throw error
    }
  }

  private static func commit(_ db: Database) throws {
    do {
      try db.cachedStatement(sql: "COMMIT").execute()
    } catch let error as DatabaseError {
      throw CommitError(cause: error)
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
    var rest = deliveries.makeIterator()
    guard let first = rest.next() else { return }
    var remaining: NewDelivery? = first
    if let number = try RowNumbers.takeMark(of: "inbox", db) {
      let numbered = try db.cachedStatement(sql: insertNumbered)
      sqlite3_bind_int64(numbered.sqliteStatement, 6, number)
      try store(first, with: numbered, on: db, stored)
      sqlite3_clear_bindings(numbered.sqliteStatement)
      remaining = rest.next()
    }
    let prepared = try db.cachedStatement(sql: insert)
    while let delivery = remaining {
      try store(delivery, with: prepared, on: db, stored)
      remaining = rest.next()
    }
    sqlite3_clear_bindings(prepared.sqliteStatement)
  }

  private static func store(
    _ delivery: NewDelivery, with prepared: Statement, on db: Database, _ stored: (DeliveryID) -> Void
  ) throws {
    let statement = prepared.sqliteStatement
    sqlite3_bind_int64(statement, 1, delivery.receivedAt)
    if let token = delivery.token {
      sqlite3_bind_int64(statement, 3, token.id.number)
    } else {
      sqlite3_bind_null(statement, 3)
    }
    if let nonce = delivery.token?.nonce {
      sqlite3_bind_int64(statement, 5, nonce.number)
    } else {
      sqlite3_bind_null(statement, 5)
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
      throw DatabaseError(resultCode: ResultCode(rawValue: result), message: db.lastErrorMessage, sql: prepared.sql)
    }
    stored(DeliveryID(id))
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
