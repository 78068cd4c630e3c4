import GRDB
import Payments
import Testing

@testable import Store

@Suite("SQLite, one transaction of the writer's")
struct BatchTransactionTests {
  private struct OwnReason: Error {}

  private func use(_ body: @Sendable (Database) throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let pool = try SQLiteOpening.pool(path: path + "/mpesad.db")
      try pool.writeWithoutTransaction(body)
      try pool.close()
    }
  }

  private static func job(_ run: @escaping (Database) throws -> Void) -> WriteQueue.Job {
    WriteQueue.Job(guarded: true, run: run, then: { _ in })
  }

  private static func create(_ table: String) -> WriteQueue.Job {
    job { db in try db.execute(sql: "CREATE TABLE \(table)(x NOT NULL)") }
  }

  private static func run(
    _ batch: WriteQueue.Batch, on db: Database
  ) throws -> ([Acceptance], [(any Error)?]) {
    var pace = BackgroundPace()
    return try BatchTransaction.run(batch, on: db, pace: &pace)
  }

  private static func tables(_ db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: "SELECT name FROM sqlite_master WHERE name IN ('one', 'two', 'undone', 'last') ORDER BY name")
  }

  private static func deliveries(_ db: Database) throws -> Int? {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM inbox")
  }

  @Test("A job that fails for a reason of its own is undone and told; the rest of the batch is committed")
  func oneBadJob() async throws {
    try await use { db in
      var batch = WriteQueue.Batch()
      batch.appends = (0..<3).map { WriteQueue.Append(delivery: .numbered($0), then: { _ in }) }
      batch.prompt = [
        Self.create("one"),
        Self.job { db in
          try db.execute(sql: "CREATE TABLE undone(x)")
          throw OwnReason()
        },
        Self.job { db in
          try db.execute(sql: "CREATE TABLE undone(x NOT NULL)")
          try db.execute(sql: "INSERT INTO undone VALUES (NULL)")
        },
        Self.job { db in try db.execute(sql: "NO SUCH STATEMENT") },
        Self.create("two"),
      ]
      batch.background = [Self.create("last")]
      let (acceptances, verdicts) = try Self.run(batch, on: db)
      #expect(acceptances.count == 3)
      #expect(verdicts.map { $0 == nil } == [true, false, false, false, true, true])
      #expect(verdicts[1] is OwnReason)
      #expect(verdicts[2] is DatabaseError && verdicts[3] is DatabaseError)
      #expect(try Self.tables(db) == ["last", "one", "two"])
      #expect(try Self.deliveries(db) == 3)
    }
  }

  @Test("When the engine cannot write, nothing of the batch is committed, and the next batch can be")
  func engineFailure() async throws {
    try await use { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 1)")
      var batch = WriteQueue.Batch()
      batch.appends = [WriteQueue.Append(delivery: .numbered(0), then: { _ in })]
      batch.prompt = [Self.create("one"), Self.create("two"), Self.create("last")]
      #expect(throws: DatabaseError.self) { try Self.run(batch, on: db) }
      #expect(!db.isInsideTransaction)
      #expect(try Self.tables(db) == [])
      #expect(try Self.deliveries(db) == 0)
      try db.execute(sql: "PRAGMA max_page_count = 1073741823")
      _ = try Self.run(batch, on: db)
      #expect(try Self.tables(db) == ["last", "one", "two"])
      #expect(try Self.deliveries(db) == 1)
    }
  }

  @Test("A job without a savepoint of its own that fails undoes the whole batch")
  func unguardedJob() async throws {
    try await use { db in
      var batch = WriteQueue.Batch()
      batch.appends = [WriteQueue.Append(delivery: .numbered(0), then: { _ in })]
      batch.prompt = [Self.create("one")]
      batch.background = [WriteQueue.Job(guarded: false, run: { _ in throw OwnReason() }, then: { _ in })]
      #expect(throws: OwnReason.self) { try Self.run(batch, on: db) }
      #expect(!db.isInsideTransaction)
      let tables = try Self.tables(db)
      #expect(tables == [])
      #expect(try Self.deliveries(db) == 0)
    }
  }

  @Test("Deliveries of one batch are numbered in their order")
  func order() async throws {
    try await use { db in
      var batch = WriteQueue.Batch()
      batch.appends = (0..<512).map { WriteQueue.Append(delivery: .numbered($0), then: { _ in }) }
      let (acceptances, _) = try Self.run(batch, on: db)
      let rows = try Row.fetchAll(db, sql: "SELECT id, received_at FROM inbox ORDER BY id")
      #expect(rows.map { $0["received_at"] as Int } == Array(0..<512))
      #expect(rows.map { Acceptance.stored(DeliveryID($0["id"])) } == acceptances)
    }
  }

  @Test(
    "What says that the engine cannot write, and what only says something about a statement",
    arguments: [
      (.SQLITE_FULL, true), (.SQLITE_IOERR, true), (.SQLITE_IOERR_FSYNC, true), (.SQLITE_IOERR_WRITE, true),
      (.SQLITE_READONLY, true), (.SQLITE_READONLY_DBMOVED, true), (.SQLITE_CORRUPT, true), (.SQLITE_NOTADB, true),
      (.SQLITE_CANTOPEN, true), (.SQLITE_NOMEM, true), (.SQLITE_BUSY, true), (.SQLITE_BUSY_SNAPSHOT, true),
      (.SQLITE_LOCKED, true), (.SQLITE_PROTOCOL, true), (.SQLITE_INTERRUPT, true), (.SQLITE_ERROR, false),
      (.SQLITE_CONSTRAINT, false), (.SQLITE_CONSTRAINT_UNIQUE, false), (.SQLITE_MISMATCH, false),
      (.SQLITE_TOOBIG, false), (.SQLITE_RANGE, false),
    ] as [(ResultCode, Bool)])
  func engineFailures(code: ResultCode, isEngineFailure: Bool) {
    #expect(DatabaseError(resultCode: code).isEngineFailure == isEngineFailure)
    #expect(!OwnReason().isEngineFailure)
  }
}
