import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

@Suite("SQLite, backups")
struct BackupTests {
  private static let now: Int64 = 1_795_512_600_000_000

  private func backup(of state: String) -> Backup {
    Backup(of: state, keys: ["callback.key": "ab12cd34"], program: "test")
  }

  /// The directory holds exactly these.
  private func expectOnly(_ names: [String], in directory: String) throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == names.sorted())
  }

  @Test("Made under load, it holds what was acknowledged before, row for row, and nobody waits for it")
  func underLoad() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      let store = try SQLiteStore(directory: state, logger: Journal().logger)
      _ = try await store.seedPendingTransactions(20_000)
      let stop = Flag()
      let load = Task {
        var last = 0
        while !stop.isSet {
          let answers = Answers()
          for number in last..<last + 200 { store.append(.numbered(number, bytes: 600), then: answers.answer(number)) }
          last += 200
          #expect(await answers.wait(for: 200).stored.count == 200)
        }
        return last
      }
      while try await store.inboxCount() < 2_000 { try await Task.sleep(for: .milliseconds(5)) }
      let before = try await store.inboxCount()
      let summary = try backup(of: state).write(to: safe + "/one.db", now: Self.now)
      let after = try await store.inboxCount()
      stop.set()
      let sent = await load.value
      #expect(after > before, "the writer went on meanwhile")
      #expect(try await store.inboxCount() == sent)

      let held = summary.facts.counts["inbox"]
      #expect(held >= before && held <= after)
      #expect(summary.facts.counts["transactions"] == 20_000 && summary.facts.spooled == 0)
      #expect(try Self.fingerprint(safe + "/one.db", rows: held) == Self.fingerprint(state + "/mpesad.db", rows: held))
      #expect(try DatabaseVerification.problems(safe + "/one.db", expecting: summary.facts.counts).isEmpty)
      try expectOnly(["one.db"], in: safe)
      let mode = try FileManager.default.attributesOfItem(atPath: safe + "/one.db")[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o600)
      await store.close()
    }
  }

  @Test("It says of itself what it shows, and its header asks for no log beside it")
  func facts() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      let store = try SQLiteStore(directory: state, logger: Journal().logger)
      _ = try await store.append(.numbered(7))
      let summary = try backup(of: state).write(to: safe + "/one.db", now: Self.now)
      await store.close()
      let reader = try DatabaseFile.reader(safe + "/one.db")
      let found = try await reader.read { try BackupFacts($0) }
      #expect(found == summary.facts)
      #expect(found?.takenAt == Self.now && found?.newestDelivery == 7 && found?.keys == ["callback.key": "ab12cd34"])
      #expect(try await reader.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    }
  }

  @Test("What only the spool holds is in it too, and what was taken in from there is in it once")
  func spool() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      let rig = try WriterRig(path: state)
      #expect(await rig.appendAll((0..<50).map { .numbered($0) }).stored.count == 50)
      try await rig.fillUp()
      let bulky = await rig.appendAll((50..<100).map { .numbered($0, bytes: 3_000) })
      #expect(bulky.refused.isEmpty && bulky.spooled.count > 0)
      let summary = try backup(of: state).write(to: safe + "/full.db", now: Self.now)
      #expect(summary.facts.spooled == bulky.spooled.count)
      #expect(try Self.numbers(safe + "/full.db").sorted() == Array(0..<100))

      try await rig.makeRoom()
      _ = try await rig.inbox(reaches: 100)
      let later = try backup(of: state).write(to: safe + "/later.db", now: Self.now)
      #expect(later.facts.spooled == 0)
      #expect(try Self.numbers(safe + "/later.db").sorted() == Array(0..<100))
      try rig.stop()
    }
  }

  @Test("A name that is taken is left alone, unless it is said that it gives way")
  func taken() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let file = safe + "/one.db"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: file))
      #expect(throws: BackupError.exists(path: file)) { try backup(of: state).write(to: file, now: Self.now) }
      #expect(FileManager.default.contents(atPath: file) == Data("mine".utf8))
      try expectOnly(["one.db"], in: safe)
      _ = try backup(of: state).write(to: file, replacing: true, now: Self.now)
      #expect(try DatabaseVerification.problems(file, expecting: nil).isEmpty)
    }
  }

  @Test("A killed one's remains are taken over; one that is being written is not")
  func remains() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let file = safe + "/one.db"
      for name in [".part", ".part-journal", ".part-wal"] {
        try Data(repeating: 0x5A, count: 100_000).write(to: URL(fileURLWithPath: file + name))
      }
      _ = try backup(of: state).write(to: file, now: Self.now)
      try expectOnly(["one.db"], in: safe)
      try whileSomebodyWrites(safe + "/two.db") {
        #expect(throws: BackupError.beingWritten(path: safe + "/two.db.part")) {
          try backup(of: state).write(to: safe + "/two.db", now: Self.now)
        }
      }
      try expectOnly(["one.db"], in: safe)
    }
  }

  @Test("A damaged database makes no backup: nothing gets the name, and the database is named as what is damaged")
  func damaged() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      let store = try SQLiteStore(directory: state, logger: Journal().logger)
      _ = try await store.seedPendingTransactions(5_000)
      await store.close()
      try Self.overwrite(state + "/mpesad.db", from: 0.4, to: 0.6)
      let error = try #require(throws: BackupError.self) {
        try backup(of: state).write(to: safe + "/one.db", now: Self.now)
      }
      switch error {
      case .notWhole, .unreadable: break
      default: Issue.record("\(error)")
      }
      try expectOnly([], in: safe)
    }
  }

  @Test("Where it cannot be written it says so, and leaves nothing")
  func unwritable() async throws {
    try await TemporaryDirectory.use { path in
      let (state, _) = try Self.rooms(in: path)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let sealed = try ReadOnlyDirectory(inside: path)
      defer { sealed.release() }
      for directory in [sealed.path, path + "/nowhere"] {
        let error = try #require(throws: BackupError.self) {
          try backup(of: state).write(to: directory + "/one.db", now: Self.now)
        }
        guard case .cannotWrite(let named, _) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(named.hasPrefix(directory))
      }
    }
  }

  @Test(
    "A disk without room is refused before anything is written, with both numbers",
    .enabled(if: SmallDisk.mayMount || SmallDisk.isRequired, "a small disk cannot be mounted here: that needs root"))
  func noRoom() async throws {
    try await TemporaryDirectory.use { path in
      let (state, _) = try Self.rooms(in: path)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let disk = try SmallDisk(inside: path, options: "size=4m")
      defer { disk.unmount() }
      let error = try #require(throws: BackupError.self) {
        try backup(of: state).write(to: disk.path + "/one.db", now: Self.now)
      }
      guard case .noRoom(_, let needed, let free) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(needed > DatabaseCopy.reserve && free <= 4 << 20)
      try expectOnly([], in: disk.path)
    }
  }

  @Test("A log that grows too long while it is held back ends the copy, not the daemon")
  func longLog() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try Self.rooms(in: path)
      let store = try SQLiteStore(directory: state, logger: Journal().logger)
      _ = try await store.seedPendingTransactions(20_000)
      let error = try #require(throws: BackupError.self) {
        try copy(state + "/mpesad.db", to: safe + "/one.db", longestLog: 1_000)
      }
      guard case .logTooLong = error else {
        Issue.record("\(error)")
        return
      }
      try expectOnly([], in: safe)
      guard case .stored = try await store.append(.numbered(1)) else {
        Issue.record("not stored")
        return
      }
      await store.close()
    }
  }

  private func copy(_ database: String, to path: String, longestLog: Int) throws {
    let file = try NascentFile(path, replaces: false, owner: FileOwner(of: database))
    _ = try DatabaseCopy(source: database, longestLog: longestLog).write(into: file)
  }

  private func whileSomebodyWrites(_ path: String, _ body: () throws -> Void) throws {
    let other = try NascentFile(path, replaces: false, owner: FileOwner(of: path))
    defer { other.abandon() }
    try body()
  }

  private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
  }

  // MARK: What tests of backups share

  static func rooms(in path: String) throws -> (state: String, safe: String) {
    for name in ["state", "safe"] {
      try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: false)
    }
    return (path + "/state", path + "/safe")
  }

  static func numbers(_ database: String) throws -> [Int] {
    try DatabaseFile.reader(database).read { db in
      try Data.fetchAll(db, sql: "SELECT body FROM inbox ORDER BY id")
        .map { Int(String(decoding: $0.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)) ?? -1 }
    }
  }

  /// Everything in the ledger and in the first rows of the inbox, as text.
  static func fingerprint(_ database: String, rows: Int) throws -> Int {
    try DatabaseFile.reader(database).read { db in
      var hasher = Hasher()
      for sql in [
        "SELECT * FROM inbox WHERE id <= \(rows) ORDER BY id", "SELECT * FROM transactions ORDER BY id",
        "SELECT * FROM orders ORDER BY id",
      ] {
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { hasher.combine(row.description) }
      }
      return hasher.finalize()
    }
  }

  /// Writes over a stretch of a file, given as shares of its length.
  static func overwrite(_ path: String, from: Double, to: Double) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    let length = Double(try file.seekToEnd())
    try file.seek(toOffset: UInt64(length * from))
    try file.write(contentsOf: Data(repeating: 0xA5, count: Int(length * (to - from))))
    try file.close()
  }
}

extension SQLiteStore {
  func inboxCount() async throws -> Int {
    try await read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM inbox") ?? 0 }
  }
}
