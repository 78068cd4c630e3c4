import Foundation
import GRDB
import Testing

@testable import Store

@Suite("SQLite, opening a state directory")
struct OpeningTests {
  private func open(_ path: String, options: SQLiteOptions = SQLiteOptions()) throws -> SQLiteStore {
    try SQLiteStore(directory: path, options: options, logger: Journal().logger)
  }

  @Test("Every commit reaches the disk: synchronous is FULL and the journal is a WAL, read back from the writer")
  func synchronous() async throws {
    try await TemporaryDirectory.use { path in
      let store = try open(path)
      let found = try await store.write { db in
        (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
      }
      #expect(found.0 == 2)
      #expect(found.1 == "wal")
      await store.close()
    }
  }

  @Test("A pool that does not sync every commit is refused", arguments: [("OFF", "0"), ("NORMAL", "1")])
  func notDurable(level: String, number: String) async throws {
    try await TemporaryDirectory.use { path in
      let pool = try SQLiteOpening.pool(path: path + "/mpesad.db")
      try SQLiteOpening.requireDurability(of: pool)
      try await pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = \(level)") }
      #expect(throws: StoreError.notDurable(found: "synchronous=\(number), journal_mode=wal")) {
        try SQLiteOpening.requireDurability(of: pool)
      }
      try await pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = EXTRA") }
      try SQLiteOpening.requireDurability(of: pool)
      try pool.close()
    }
  }

  @Test("A second opening of the same directory is refused and names the process that has it")
  func locked() async throws {
    try await TemporaryDirectory.use { path in
      let store = try open(path)
      #expect(throws: StoreError.locked(path: path, holder: "process \(getpid())")) { try open(path) }
      let said = "\(StoreError.locked(path: path, holder: "process \(getpid())"))"
      #expect(said.contains("\(getpid())") && said.contains(path))
      _ = try await store.append(.numbered(1))
      await store.close()
      let again = try open(path)
      #expect(try await again.waitingNumbers() == [1])
      await again.close()
    }
  }

  @Test("A refused opening leaves the lock with its holder, and a failed one lets go of it")
  func lockAfterFailure() async throws {
    try await TemporaryDirectory.use { path in
      try Data("this is not a database, and never was".utf8).write(to: URL(fileURLWithPath: path + "/mpesad.db"))
      #expect(throws: StoreError.self) { try open(path) }
      try FileManager.default.removeItem(atPath: path + "/mpesad.db")
      await (try open(path)).close()
    }
  }

  @Test("A database from a newer mpesad is refused, named, and left as it was")
  func newerSchema() async throws {
    try await TemporaryDirectory.use { path in
      let store = try open(path)
      _ = try await store.append(.numbered(1))
      try await store.write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES ('9999-from-the-future')")
      }
      await store.close()
      let database = URL(fileURLWithPath: path + "/mpesad.db")
      let before = try Data(contentsOf: database)
      #expect(throws: StoreError.newerSchema(path: path + "/mpesad.db", unknown: ["9999-from-the-future"])) {
        try open(path)
      }
      #expect(try Data(contentsOf: database) == before)
      #expect("\(StoreError.newerSchema(path: "x", unknown: ["9999"]))".contains("9999"))
    }
  }

  @Test("A missing directory is an error that names it")
  func missing() throws {
    let path = NSTemporaryDirectory() + "mpesad-no-such-directory-\(UUID().uuidString)"
    let error = try #require(throws: StoreError.self) { try open(path) }
    guard case .cannotOpen(let named, let detail, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(named.hasPrefix(path))
    #expect(detail.contains("No such file"))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A file where the directory should be is an error that names it")
  func notADirectory() async throws {
    try await TemporaryDirectory.use { path in
      let file = path + "/file"
      try Data().write(to: URL(fileURLWithPath: file))
      let error = try #require(throws: StoreError.self) { try open(file) }
      #expect("\(error)".contains(file))
    }
  }

  @Test("A file that is no database is an error that names it, and is left as it was")
  func notADatabase() async throws {
    try await TemporaryDirectory.use { path in
      let database = URL(fileURLWithPath: path + "/mpesad.db")
      let bytes = Data((0..<8_192).map { _ in UInt8(ascii: "z") })
      try bytes.write(to: database)
      let error = try #require(throws: StoreError.self) { try open(path) }
      guard case .damaged(path + "/mpesad.db", _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(try Data(contentsOf: database) == bytes)
    }
  }

  @Test("A directory that cannot be written to is an error that names it")
  func readOnly() async throws {
    try await TemporaryDirectory.use { path in
      let directory = try ReadOnlyDirectory(inside: path)
      defer { directory.release() }
      let error = try #require(throws: StoreError.self) { try open(directory.path) }
      guard case .cannotOpen(let named, let detail, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(named.hasPrefix(directory.path))
      #expect(detail.contains("Read-only") || detail.contains("denied"))
    }
  }

  @Test(
    "Files with people's payments in them are the owner's alone",
    arguments: ["mpesad.db", "mpesad.db-wal", "mpesad.lock", "mpesad.spool"])
  func permissions(name: String) async throws {
    try await TemporaryDirectory.use { path in
      let store = try open(path)
      _ = try await store.append(.numbered(1))
      let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      await store.close()
    }
  }

  @Test("Opening many times over adds nothing and loses nothing")
  func again() async throws {
    try await TemporaryDirectory.use { path in
      for number in 0..<8 {
        let store = try open(path)
        _ = try await store.append(.numbered(number))
        #expect(try await store.waitingNumbers() == Array(0...number))
        await store.close()
      }
    }
  }

  @Test("A service without a spool says so, and works", arguments: [0, -1])
  func withoutSpool(bytes: Int) async throws {
    try await TemporaryDirectory.use { path in
      let store = try open(path, options: SQLiteOptions(spoolBytes: bytes))
      #expect(!FileManager.default.fileExists(atPath: path + "/mpesad.spool"))
      _ = try await store.append(.numbered(1))
      await store.close()
    }
  }

  @Test("A spool that cannot be reserved is a loud loss of the second chance, not of the service")
  func spoolTooBig() async throws {
    try await TemporaryDirectory.use { path in
      let journal = Journal()
      let store = try SQLiteStore(
        directory: path, options: SQLiteOptions(spoolBytes: 1 << 50), logger: journal.logger)
      #expect(journal.texts(.critical).count == 1)
      #expect(journal.texts(.critical).first?.contains("spool") == true)
      _ = try await store.append(.numbered(1))
      await store.close()
    }
  }
}
