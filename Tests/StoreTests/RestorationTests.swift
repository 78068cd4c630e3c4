import Foundation
import GRDB
import Testing

@testable import Store

@Suite("SQLite, restoring a backup")
struct RestorationTests {
  private static let now: Int64 = 1_795_512_600_000_000

  /// A state directory with deliveries 0..<100, a backup of it, and 100..<150 that came later.
  private func prepared(_ path: String) async throws -> (state: String, backup: String) {
    let (state, safe) = try BackupTests.rooms(in: path)
    let store = try SQLiteStore(directory: state, logger: Journal().logger)
    for number in 0..<100 { _ = try await store.append(.numbered(number)) }
    _ = try await store.seedPendingTransactions(2_000)
    _ = try Backup(of: state, keys: [:], program: "test").write(to: safe + "/one.db", now: Self.now)
    for number in 100..<150 { _ = try await store.append(.numbered(number)) }
    await store.close()
    return (state, safe + "/one.db")
  }

  private static func restore(_ backup: String, into state: String, at moment: Int64 = now) throws
    -> Restoration.Summary
  {
    let restoration = try Restoration(of: backup, into: state)
    defer { restoration.end() }
    return try restoration.carryOut(now: moment)
  }

  /// The files as they are when a daemon ends at once, with these deliveries in the log.
  private static func crash(_ state: String, leaving image: String, _ deliveries: [NewDelivery]) async throws {
    let rig = try WriterRig(path: state)
    #expect(await rig.appendAll(deliveries).stored.count == deliveries.count)
    try FileManager.default.createDirectory(atPath: image, withIntermediateDirectories: false)
    for name in ["mpesad.db", "mpesad.db-wal", "mpesad.spool"] {
      try FileManager.default.copyItem(atPath: state + "/" + name, toPath: image + "/" + name)
    }
    try rig.stop()
  }

  /// Into the spool and out of it again, so that the database counts epochs.
  private static func countEpochs(in state: String) async throws {
    let rig = try WriterRig(path: state)
    var count = await rig.appendAll((0..<10).map { .numbered($0) }).stored.count
    for round in 1...3 {
      try await rig.fillUp()
      let bulky = await rig.appendAll((0..<20).map { .numbered(100 * round + $0, bytes: 3_000) })
      try #require(bulky.spooled.count > 0)
      count += bulky.answers
      try await rig.makeRoom()
      _ = try await rig.inbox(reaches: count)
    }
    try rig.stop()
  }

  /// As an earlier daemon left it, whose database is gone.
  private static func fillSpool(of directory: String, _ deliveries: [NewDelivery]) throws {
    let spool = try Spool(path: directory + "/mpesad.spool", bytes: 1 << 20)
    try #require(spool.append(deliveries.map { .callback($0) }))
  }

  private func contents(_ directory: String) throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try FileManager.default.contentsOfDirectory(atPath: directory).filter {
        $0 != "mpesad.lock"
      }
      .map { ($0, FileManager.default.contents(atPath: directory + "/" + $0) ?? Data()) })
  }

  @Test("It is exact to the backup, the store opens with it, and what was there is kept beside it whole")
  func exact() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup) = try await prepared(path)
      let summary = try Self.restore(backup, into: state)
      #expect(summary.counts["inbox"] == 100 && summary.facts?.takenAt == Self.now)
      let aside = try #require(summary.aside)
      #expect(aside == state + "/mpesad.db.before-20261124T093000Z")
      #expect(
        try BackupTests.fingerprint(state + "/mpesad.db", rows: 100) == BackupTests.fingerprint(backup, rows: 100))
      #expect(try BackupTests.numbers(aside) == Array(0..<150))

      let store = try SQLiteStore(directory: state, logger: Journal().logger)
      #expect(try await store.waitingNumbers() == Array(0..<100))
      #expect(try await store.read { try !$0.tableExists(BackupFacts.table) })
      _ = try await store.append(.numbered(200))
      await store.close()
      #expect(try BackupTests.numbers(aside) == Array(0..<150), "the two share nothing")

      // And back again: what was put aside can be restored as a backup can.
      #expect(try Self.restore(aside, into: state, at: Self.now + 1_000_000).facts == nil)
      #expect(try BackupTests.numbers(state + "/mpesad.db") == Array(0..<150))
    }
  }

  @Test("A log whose database is gone is put aside, and not taken for the restored one's")
  func orphanedLog() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup) = try await prepared(path)
      let image = path + "/image"
      try await Self.crash(state, leaving: image, (150..<200).map { .numbered($0) })
      try FileManager.default.removeItem(atPath: image + "/mpesad.db")
      #expect(try Self.restore(backup, into: image).aside == nil)
      #expect(!FileManager.default.fileExists(atPath: image + "/mpesad.db-wal"))
      let kept = try FileManager.default.contentsOfDirectory(atPath: image).filter { $0.hasSuffix("-wal") }
      #expect(kept.count == 1, "it may be all that is left of some payments")
      let store = try SQLiteStore(directory: image, logger: Journal().logger)
      #expect(try await store.waitingNumbers().starts(with: Array(0..<100)))
      await store.close()
    }
  }

  @Test("A log that a crash left is put aside with its database, and not taken for the new one's")
  func crashed() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup) = try await prepared(path)
      let image = path + "/image"
      try await Self.crash(state, leaving: image, (150..<200).map { .numbered($0) })
      #expect(DatabaseFile.length(image + "/mpesad.db-wal") > 0)
      let summary = try Self.restore(backup, into: image)
      #expect(try BackupTests.numbers(image + "/mpesad.db") == Array(0..<100))
      #expect(try BackupTests.numbers(try #require(summary.aside)) == Array(0..<200))
      #expect(!FileManager.default.fileExists(atPath: image + "/mpesad.db-wal"))
    }
  }

  @Test("What the spool holds was acknowledged: the next start takes it in, also where the backup counts further")
  func spool() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try BackupTests.rooms(in: path)
      try await Self.countEpochs(in: state)
      let inbox = try BackupTests.numbers(state + "/mpesad.db")
      _ = try Backup(of: state, keys: [:], program: "test").write(to: safe + "/one.db", now: Self.now)

      // Another host, whose own spool is of an earlier epoch and holds what no database has.
      let other = path + "/other"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
      try Self.fillSpool(of: other, [.numbered(7_000)])
      let summary = try Self.restore(safe + "/one.db", into: other)
      #expect(summary.spooled == 1 && summary.aside == nil)
      let store = try SQLiteStore(directory: other, logger: Journal().logger)
      // Taken in with the next batch of the writer's.
      try await store.tryWriting()
      #expect(try await store.waitingNumbers() == inbox + [7_000])
      await store.close()
    }
  }

  @Test("A database that nobody can open gives way as well, with its log")
  func unusable() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup) = try await prepared(path)
      let junk = Data(repeating: 0x7A, count: 8_192)
      for name in ["mpesad.db", "mpesad.db-wal"] { try junk.write(to: URL(fileURLWithPath: state + "/" + name)) }
      let aside = try #require(try Self.restore(backup, into: state).aside)
      #expect(FileManager.default.contents(atPath: aside) == junk)
      #expect(FileManager.default.contents(atPath: aside + "-wal") == junk)
      #expect(try BackupTests.numbers(state + "/mpesad.db") == Array(0..<100))
    }
  }

  enum Spoiling: String, CaseIterable {
    case header, middle, truncated, empty, text, foreign, rowsMissing, newer, missing
  }

  @Test("A backup that is not whole, or not one, is refused, and nothing is touched", arguments: Spoiling.allCases)
  func refused(spoiling: Spoiling) async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup) = try await prepared(path)
      try Self.spoil(backup, spoiling)
      let before = try contents(state)
      let error = #expect(throws: (any Error).self) { try Restoration(of: backup, into: state) }
      switch (spoiling, error) {
      case (.newer, StoreError.newerSchema(_, ["9999-from-the-future"])?), (.missing, BackupError.missing?): break
      case (.newer, _), (.missing, _): Issue.record("\(String(describing: error))")
      case (.rowsMissing, BackupError.notWhole(_, let problems)?):
        #expect(problems.first?.contains("inbox has 99 rows") == true)
      case (_, BackupError.notWhole?), (_, BackupError.unreadable?): break
      default: Issue.record("\(String(describing: error))")
      }
      #expect(try contents(state) == before)
    }
  }

  private static func spoil(_ backup: String, _ spoiling: Spoiling) throws {
    let url = URL(fileURLWithPath: backup)
    func change(_ sql: String) throws {
      let queue = try DatabaseQueue(path: backup)
      try queue.write { try $0.execute(sql: sql) }
      try queue.close()
    }
    switch spoiling {
    case .header: try BackupTests.overwrite(backup, from: 0, to: 0.001)
    case .middle: try BackupTests.overwrite(backup, from: 0.4, to: 0.6)
    case .truncated: try Data(contentsOf: url).dropLast(40_000).write(to: url)
    case .empty: try Data().write(to: url)
    case .text: try Data("give me my money back".utf8).write(to: url)
    case .foreign:
      try FileManager.default.removeItem(atPath: backup)
      try change("CREATE TABLE shopping (item TEXT)")
    case .rowsMissing: try change("DELETE FROM inbox WHERE id = 50")
    case .newer: try change("INSERT INTO grdb_migrations(identifier) VALUES ('9999-from-the-future')")
    case .missing: try FileManager.default.removeItem(atPath: backup)
    }
  }

  @Test("While somebody has the state directory or the database open it is refused, and nothing is touched")
  func inUse() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup) = try await prepared(path)
      let store = try SQLiteStore(directory: state, logger: Journal().logger)
      #expect(throws: StoreError.locked(path: state, holder: "process \(getpid())")) {
        try Restoration(of: backup, into: state)
      }
      await store.close()
      let before = try contents(state)
      let shell = try DatabaseFile.reader(state + "/mpesad.db")
      _ = try await shell.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM inbox") }
      #expect(throws: BackupError.inUse(path: state + "/mpesad.db")) { try Self.restore(backup, into: state) }
      try shell.close()
      #expect(try contents(state)["mpesad.db"] == before["mpesad.db"])
      #expect(try BackupTests.numbers(state + "/mpesad.db") == Array(0..<150))
    }
  }

  @Test("Who has a directory is seen without taking it, and a number that a stopped one left is nobody")
  func holder() async throws {
    try await TemporaryDirectory.use { path in
      #expect(StateDirectoryHolder.process(in: path) == nil)
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      #expect(StateDirectoryHolder.process(in: path) == getpid())
      await store.close()
      // Its number is in the file still, and is even alive.
      #expect(StateDirectoryHolder.process(in: path) == nil)
    }
  }
}
