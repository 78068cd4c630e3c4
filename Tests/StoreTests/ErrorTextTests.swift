import Foundation
import GRDB
import Testing

@testable import Store

@Suite("Errors of SQLite's in words: no statement and no value leaves the store")
struct ErrorTextTests {
  /// Values that stand in statements and arguments, as a phone number or a receipt would.
  private static let phone = "254712345678"
  private static let receipt = "NLJ7RT61SV"

  /// What must not be in any text: words of SQL as statements have them, and the values.
  private static func isClean(_ text: String) -> Bool {
    let words = text.split { !$0.isLetter }.map(String.init)
    let statements: Set = [
      "SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "BEGIN", "COMMIT", "FROM", "WHERE", "VALUES",
    ]
    return statements.isDisjoint(with: words) && !text.contains(phone) && !text.contains(receipt)
      && !text.contains("executing") && !text.contains("arguments")
  }

  /// Errors as they are met, each with the name of its code.
  enum Provoked: String, CaseIterable {
    case full = "SQLITE_FULL"
    case busy = "SQLITE_BUSY"
    case busySnapshot = "SQLITE_BUSY_SNAPSHOT"
    case corrupt = "SQLITE_CORRUPT"
    case noDatabase = "SQLITE_NOTADB"
    case unique = "SQLITE_CONSTRAINT_UNIQUE"
    case notNull = "SQLITE_CONSTRAINT_NOTNULL"
    case check = "SQLITE_CONSTRAINT_CHECK"
    case foreignKey = "SQLITE_CONSTRAINT_FOREIGNKEY"
    case trigger = "SQLITE_CONSTRAINT_TRIGGER"
    case readOnly = "SQLITE_READONLY"
    case cannotOpen = "SQLITE_CANTOPEN"
    case tooBig = "SQLITE_TOOBIG"
    case interrupted = "SQLITE_INTERRUPT"

    static let schema = """
      CREATE TABLE payments(
        id INTEGER PRIMARY KEY, phone TEXT NOT NULL, receipt TEXT UNIQUE, paid INTEGER CHECK (paid IN (0, 1)),
        parent INTEGER REFERENCES payments(id)) STRICT;
      CREATE TRIGGER guard BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'SELECT of \(phone)'); END;
      INSERT INTO payments(id, phone, receipt) VALUES (1, '\(phone)', '\(receipt)');
      """

    func provoke(in directory: String) throws {
      let path = directory + "/\(rawValue).db"
      if self == .noDatabase { try Data(repeating: 0x41, count: 4_096).write(to: URL(fileURLWithPath: path)) }
      if self == .cannotOpen {
        _ = try DatabaseQueue(path: directory + "/missing/x.db")
        return
      }
      var configuration = Configuration()
      configuration.publicStatementArguments = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { try $0.execute(sql: Self.schema) }
      let insert = "INSERT INTO payments(phone, receipt, paid, parent) VALUES (?, ?, ?, ?)"
      try queue.writeWithoutTransaction { db in
        switch self {
        case .full:
          try db.execute(sql: "PRAGMA max_page_count = 4")
          try db.execute(sql: insert, arguments: [phone, String(repeating: receipt, count: 5_000), 1, nil])
        case .busy, .busySnapshot: try provokeBusy(db, path, insert)
        case .corrupt:
          try db.execute(
            sql: "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 900 WHERE name = 'payments'")
          try db.execute(sql: "PRAGMA writable_schema = RESET")
          try db.execute(sql: insert, arguments: [phone, "R2", 1, nil])
        case .unique: try db.execute(sql: insert, arguments: [phone, receipt, 1, nil])
        case .notNull: try db.execute(sql: insert, arguments: [nil, receipt + phone, 1, nil])
        case .check: try db.execute(sql: insert, arguments: [phone, "R2", 254_712_345_678, nil])
        case .foreignKey: try db.execute(sql: insert, arguments: [phone, "R2", 1, 254_712_345_678])
        case .trigger: try db.execute(sql: "DELETE FROM payments WHERE phone = ?", arguments: [phone])
        case .readOnly:
          try db.execute(sql: "PRAGMA query_only = ON")
          try db.execute(sql: insert, arguments: [phone, "R2", 1, nil])
        case .tooBig: try db.execute(sql: "SELECT zeroblob(2000000000) || ?", arguments: [phone])
        case .interrupted: throw DatabaseError(resultCode: .SQLITE_INTERRUPT, sql: insert, arguments: [phone])
        case .noDatabase, .cannotOpen: break
        }
      }
    }

    private func provokeBusy(_ db: Database, _ path: String, _ insert: String) throws {
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      if self == .busySnapshot { try db.execute(sql: "BEGIN; SELECT count(*) FROM payments") }
      defer { if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK") } }
      let other = try DatabaseQueue(path: path)
      try other.writeWithoutTransaction { other in
        defer { if other.isInsideTransaction { try? other.execute(sql: "ROLLBACK") } }
        try other.execute(sql: "BEGIN IMMEDIATE; UPDATE payments SET paid = 1")
        if self == .busySnapshot { try other.execute(sql: "COMMIT") }
        try db.execute(sql: insert, arguments: [phone, "R2", 1, nil])
      }
    }
  }

  @Test("An error is its meaning, its code's name and its number", arguments: Provoked.allCases)
  func provoked(what: Provoked) async throws {
    try await TemporaryDirectory.use { path in
      let error = try #require(throws: DatabaseError.self) { try what.provoke(in: path) }
      let text = ErrorText.of(error)
      #expect(text.contains("(\(what.rawValue), \(error.extendedResultCode.rawValue))"), "\(text)")
      #expect(Self.isClean(text), "\(text)")
      #expect(text.first?.isLetter == true && !text.contains("\n"), "\(text)")
    }
  }

  @Test("Wrong statements are not repeated, whatever SQLite's message quotes of them")
  func wrongStatements() throws {
    let queue = try DatabaseQueue()
    let statements = [
      "SELECT FROM inbox WHERE phone = '\(Self.phone)'", "INSRT INTO inbox VALUES ('\(Self.phone)')",
      "SELECT * FROM \"\(Self.phone)\"", "SELECT * FROM inbox", "SELECT '\(Self.phone)", "BEGIN; BEGIN", "COMMIT",
      "SELECT \"\(Self.receipt) \(Self.phone)\".x", "PRAGMA user_version = 'x", "SELECT unknown('\(Self.phone)')",
      "UPDATE sqlite_schema SET sql = '\(Self.phone)'", "SELECT 1; UPDATE", "CREATE TABLE x(a, a)",
    ]
    for statement in statements {
      let error = try #require(throws: (any Error).self) {
        try queue.writeWithoutTransaction { db in
          defer { if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK") } }
          try db.execute(sql: statement)
        }
      }
      #expect(Self.isClean(ErrorText.of(error)), "\(statement): \(ErrorText.of(error))")
    }
    let missing = try #require(throws: (any Error).self) {
      try queue.read { try $0.execute(sql: "SELECT * FROM inbox") }
    }
    #expect(ErrorText.of(missing) == "SQL logic error, no such table: inbox (SQLITE_ERROR, 1)")
  }

  @Test("A row that cannot be decoded is not repeated either")
  func rows() throws {
    let queue = try DatabaseQueue()
    let error = try #require(throws: (any Error).self) {
      try queue.read { db in try UUID.fetchOne(db, sql: "SELECT ? AS phone", arguments: ["x\(Self.phone)"]) }
    }
    #expect(Self.isClean(ErrorText.of(error)), "\(ErrorText.of(error))")
  }

  @Test(
    "Codes have the names of SQLite's documentation; one that is newer has its kind's",
    arguments: [
      (0, "SQLITE_OK"), (1, "SQLITE_ERROR"), (10, "SQLITE_IOERR"), (266, "SQLITE_IOERR_READ"),
      (1_034, "SQLITE_IOERR_FSYNC"), (4_874, "SQLITE_IOERR_SHMSIZE"), (8_714, "SQLITE_IOERR_IN_PAGE"),
      (1_299, "SQLITE_CONSTRAINT_NOTNULL"), (2_067, "SQLITE_CONSTRAINT_UNIQUE"), (516, "SQLITE_ABORT_ROLLBACK"),
      (260, "SQLITE_ABORT"), (1_038, "SQLITE_CANTOPEN_CONVPATH"), (1_032, "SQLITE_READONLY_DBMOVED"),
      (28, "SQLITE_WARNING"), (65_290, "SQLITE_IOERR"), (255, "SQLITE"), (101, "SQLITE"),
    ] as [(CInt, String)])
  func names(code: CInt, name: String) {
    #expect(SQLiteCode.name(code) == name)
  }

  @Test("Every error of an open store leaves it as a StoreError in words: reading, and writing of any urgency")
  func store() async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      let statements = [
        "SELECT * FROM missing WHERE phone = ?", "INSERT INTO orders(id, reference) VALUES (1, ?)",
        "UPDATE inbox SET nothing = ?", "SELECT ? FROM", "INSERT INTO marks(name, value) VALUES (NULL, ?)",
      ]
      for statement in statements {
        let work: @Sendable (Database) throws -> Void = { try $0.execute(sql: statement, arguments: [Self.phone]) }
        let errors = [
          await #expect(throws: StoreError.self) { try await store.read(work) },
          await #expect(throws: StoreError.self) { try await store.write { try work($0) } },
          await #expect(throws: StoreError.self) { try await store.write(.background) { try work($0) } },
        ]
        for error in errors.compactMap(\.self) {
          guard case .failed(path + "/mpesad.db", _) = error else {
            Issue.record("\(statement): \(error)")
            continue
          }
          #expect(Self.isClean("\(error)"), "\(error)")
        }
      }
      struct Own: Error {}
      await #expect(throws: Own.self) { try await store.read { _ in throw Own() } }
      await #expect(throws: Own.self) { try await store.write { _ in throw Own() } }
      await store.close()
    }
  }

  @Test("So is what commands and the start say of a file that is no database, or a damaged or a foreign one")
  func files() async throws {
    try await TemporaryDirectory.use { path in
      let state = path + "/state"
      try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let database = state + "/mpesad.db"
      let whole = try Data(contentsOf: URL(fileURLWithPath: database))
      let seed = UInt64.random(in: 0...UInt64.max)
      print("damaged at random, seed \(seed)")
      var random = SeededGenerator(seed: seed)
      for round in 0..<30 {
        var bytes = whole
        // Behind the first 100 bytes, so that it begins as a database does; a page in every third round, else a few bytes anywhere.
        for _ in 0..<(round % 3 == 0 ? 1 : 40) {
          let at = Int.random(in: 100..<bytes.count - 64, using: &random)
          let count = round % 3 == 0 ? min(4_096, bytes.count - at) : 16
          bytes.replaceSubrange(
            at..<at + count, with: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        try bytes.write(to: URL(fileURLWithPath: database))
        for text in Self.said(of: state, in: path) {
          #expect(Self.isClean(text), "seed \(seed), round \(round): \(text)")
        }
      }
    }
  }

  /// Everything that is said when a state directory is opened, looked at, copied and restored from.
  private static func said(of state: String, in path: String) -> [String] {
    func text(_ work: () throws -> Void) -> String? {
      do {
        try work()
        return nil
      } catch {
        return ErrorText.of(error)
      }
    }
    for name in ["mpesad.db-wal", "mpesad.db-shm"] { unlink(state + "/" + name) }
    unlink(path + "/copy.db")
    return [
      text { _ = try DatabaseInspection(directory: state, depth: .full).problems },
      text { _ = try Backup(of: state, keys: [:], program: "test").write(to: path + "/copy.db", now: 1) },
      text { _ = try SchemaStatus(directory: state) },
      text {
        let other = path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        let restoration = try Restoration(of: state + "/mpesad.db", into: other)
        restoration.end()
      },
      text { try SQLiteOpening.pool(path: state + "/mpesad.db").close() },
    ].compactMap(\.self)
  }
}
