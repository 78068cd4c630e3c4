import Foundation
import Synchronization
import Testing

@testable import Store

/// A backup that somebody copies over the database of a run that crashed, and forgets the log.
@Suite("SQLite, the log of another database")
struct StrayLogTests {
  @Test("A backup put in place with cp beside the log of a crash is opened as it is; the log is put aside and told")
  func copiedOver() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try BackupTests.rooms(in: path)
      let crashed = path + "/crashed"
      try FileManager.default.createDirectory(atPath: crashed, withIntermediateDirectories: true)
      let store = try SQLiteStore(
        directory: state, options: SQLiteOptions(spoolBytes: 0, checkpointInterval: 3_600), logger: Journal().logger)
      for number in 0..<5 { _ = try await store.append(.numbered(number, bytes: 3_000)) }
      _ = try Backup(of: state, keys: [:], program: "test").write(to: safe + "/one.db", now: 1)
      for number in 5..<60 { _ = try await store.append(.numbered(number, bytes: 3_000)) }
      // What a killed process leaves, and then `cp one.db mpesad.db`.
      for ending in ["-wal", "-shm"] {
        try FileManager.default.copyItem(atPath: state + "/mpesad.db" + ending, toPath: crashed + "/mpesad.db" + ending)
      }
      await store.close()
      let log = try Data(contentsOf: URL(fileURLWithPath: crashed + "/mpesad.db-wal"))
      #expect(log.count > 100_000)
      try FileManager.default.copyItem(atPath: safe + "/one.db", toPath: crashed + "/mpesad.db")
      let told = Mutex<[String]>([])
      let copy = try SQLiteStore(directory: crashed) { notice in
        if case .strayLog(let path) = notice { told.withLock { $0.append(path) } }
      }
      #expect(try await copy.waitingNumbers() == Array(0..<5))
      await copy.close()
      let aside = try #require(told.withLock { $0 }.first)
      #expect(aside.hasPrefix(crashed + "/mpesad.db.before-") && aside.hasSuffix("-wal"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: aside)) == log)
      // Its own log is its own from then on.
      let again = try SQLiteStore(directory: crashed) { notice in
        if case .strayLog = notice { Issue.record("\(notice)") }
      }
      #expect(try await again.waitingNumbers() == Array(0..<5))
      await again.close()
    }
  }
}
