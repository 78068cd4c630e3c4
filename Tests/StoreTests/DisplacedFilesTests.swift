import Foundation
import GRDB
import Testing

@testable import Store

@Suite("SQLite, files that are removed or replaced while they are in use", .timeLimit(.minutes(1)))
struct DisplacedFilesTests {
  enum Displaced: String, CaseIterable {
    case databaseRemoved, databaseReplaced, logRemoved

    func carryOut(_ state: String) throws {
      let files = FileManager.default
      switch self {
      case .databaseRemoved: try files.removeItem(atPath: state + "/mpesad.db")
      case .databaseReplaced:
        try files.copyItem(atPath: state + "/mpesad.db", toPath: state + "/copy")
        guard rename(state + "/copy", state + "/mpesad.db") == 0 else { throw CocoaError(.fileWriteUnknown) }
      case .logRemoved: try files.removeItem(atPath: state + "/mpesad.db-wal")
      }
    }
  }

  private static let options = SQLiteOptions(spoolBytes: 1 << 20)

  private static func rescued(_ state: String) async throws -> String {
    for _ in 0..<500 {
      let names = try FileManager.default.contentsOfDirectory(atPath: state)
      if let name = names.first(where: { $0.hasPrefix("mpesad.db.rescued-") && !$0.hasSuffix(".part") }) {
        return state + "/" + name
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw CocoaError(.fileNoSuchFile)
  }

  @Test(
    "Nothing is acknowledged into them; what they held is copied out, and restored it is all there",
    arguments: Displaced.allCases)
  func displaced(how: Displaced) async throws {
    try await TemporaryDirectory.use { state in
      let journal = Journal()
      let store = try SQLiteStore(directory: state, options: Self.options, logger: journal.logger)
      for number in 0..<20 { _ = try await store.append(.numbered(number)) }
      try how.carryOut(state)
      for number in 20..<30 { #expect(try await store.append(.numbered(number)) == .spooled) }
      #expect(store.writePath.failure?.contains("mpesad.db") == true)
      let copy = try await Self.rescued(state)
      await store.close()
      #expect(journal.texts(.critical).contains { $0.contains("gone from their place") })
      // The process that had them ends, and with it the lock.
      let second = state + "/second"
      try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: state + "/mpesad.spool", toPath: second + "/mpesad.spool")
      let restoration = try Restoration(of: copy, into: second)
      _ = try restoration.carryOut(now: 1)
      restoration.end()
      let after = try SQLiteStore(directory: second, options: Self.options, logger: Journal().logger)
      _ = try await after.append(.numbered(30))
      // What was committed at the very moment is in the copy and in the spool: taken in twice, it counts once.
      #expect(try await Set(after.waitingNumbers()) == Set(0...30))
      await after.close()
    }
  }

  @Test("Moved away and back again, they are used again by the next process: this one ends")
  func movedBack() async throws {
    try await TemporaryDirectory.use { state in
      let store = try SQLiteStore(directory: state, options: Self.options, logger: Journal().logger)
      _ = try await store.append(.numbered(0))
      #expect(rename(state + "/mpesad.db", state + "/away.db") == 0)
      #expect(try await store.append(.numbered(1)) == .spooled)
      await #expect(throws: StoreError.self, "a reader might open another file") { try await store.waitingNumbers() }
      #expect(
        !FileManager.default.fileExists(atPath: state + "/mpesad.db-wal"), "it would be taken for another database's")
      #expect(rename(state + "/away.db", state + "/mpesad.db") == 0)
      let ending = await store.ending()
      #expect(ending.map { "\($0)" }?.contains("are back") == true)
      #expect(try await store.append(.numbered(2)) == .spooled)
      await store.close()
      // As the next process finds it.
      let image = state + "/image"
      try FileManager.default.createDirectory(atPath: image, withIntermediateDirectories: true)
      for name in ["mpesad.db", "mpesad.db-wal", "mpesad.spool"] {
        try FileManager.default.copyItem(atPath: state + "/" + name, toPath: image + "/" + name)
      }
      let next = try SQLiteStore(directory: image, options: Self.options, logger: Journal().logger)
      _ = try await next.append(.numbered(3))
      #expect(try await Set(next.waitingNumbers()) == [0, 1, 2, 3])
      await next.close()
    }
  }

  @Test(
    "Moved back only after the process has ended, the database has its log again; another file in its place does not",
    arguments: [true, false])
  func movedBackLater(isItsOwn: Bool) async throws {
    try await TemporaryDirectory.use { path in
      let (live, image) = (path + "/live", path + "/image")
      for directory in [live, image] {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      }
      let options = SQLiteOptions(spoolBytes: 0, checkpointInterval: 3_600)
      let store = try SQLiteStore(directory: live, options: options, logger: Journal().logger)
      _ = try await store.append(.numbered(0))
      // As a process leaves them that was killed after it had moved the log away. The first pass over the log may have copied the first one.
      for number in 1..<20 { _ = try await store.append(.numbered(number)) }
      let database = image + "/mpesad.db"
      try FileManager.default.copyItem(atPath: live + "/mpesad.db", toPath: database)
      let identity = try #require(FileIdentity(path: isItsOwn ? database : live + "/mpesad.db"))
      let sheltered = ShelteredLog.path(of: database, identity)
      try FileManager.default.copyItem(atPath: live + "/mpesad.db-wal", toPath: sheltered)
      await store.close()
      let next = try SQLiteStore(directory: image, options: options, logger: Journal().logger)
      let found = try await next.waitingNumbers()
      #expect(isItsOwn ? found == Array(0..<20) : found.count < 20)
      #expect(FileManager.default.fileExists(atPath: sheltered) != isItsOwn)
      await next.close()
    }
  }

  @Test(
    "A lock file that was removed is made again; where another process has it nothing is acknowledged")
  func lock() async throws {
    try await TemporaryDirectory.use { state in
      let store = try SQLiteStore(directory: state, options: Self.options, logger: Journal().logger)
      let lock = state + "/mpesad.lock"
      try FileManager.default.removeItem(atPath: lock)
      guard case .stored = try await store.append(.numbered(0)) else {
        Issue.record("not stored")
        return
      }
      #expect(throws: StoreError.locked(path: state, holder: "process \(getpid())")) {
        try SQLiteStore(directory: state, options: Self.options, logger: Journal().logger)
      }
      try FileManager.default.removeItem(atPath: lock)
      let thief = try StateDirectoryLock(directory: state)
      await #expect(throws: StoreError.self, "the other process may use the spool too") {
        try await store.append(.numbered(1))
      }
      thief.release()
      await store.close()
    }
  }

  @Test("A spool whose file was removed is made again with what waited in it, and its place is noticed at once")
  func spool() async throws {
    try await TemporaryDirectory.use { state in
      let rigged = try Committer.rig(state)
      try FileManager.default.removeItem(atPath: state + "/mpesad.spool")
      #expect(rigged.spooling(0..<3))
      try FileManager.default.removeItem(atPath: state + "/mpesad.spool")
      #expect(rigged.spooling(3..<5))
      #expect(try Spool(path: state + "/mpesad.spool", bytes: 1 << 20).numbers == Array(0..<5))
    }
  }
}

extension Committer {
  /// One that has no database, with a spool of its own.
  fileprivate static func rig(_ state: String) throws -> Committer {
    let place = SpoolPlace(directory: state)
    return Committer(
      spool: try SQLiteOpening.spool(place, bytes: 1 << 20),
      reopenSpool: { try SQLiteOpening.spool(place, bytes: 1 << 20) }, spoolRetryInterval: 0, tell: { _ in })
  }

  /// Whether a batch of callbacks goes to the spool.
  fileprivate func spooling(_ numbers: Range<Int>) -> Bool {
    var pace = BackgroundPace()
    let batch = WriteQueue.Batch(appends: numbers.map { WriteQueue.Append(delivery: .numbered($0), then: { _ in }) })
    if case .spooled = run(batch, pace: &pace).appends { return true }
    return false
  }
}
