import Foundation
import GRDB
import GRDBSQLite
import Testing

@testable import Store

#if canImport(Glibc)
  import Glibc
#endif

@Suite("SQLite, the log that an earlier run left")
struct LeftLogTests {
  /// A database with its log, as a crash leaves them.
  private static func crashed(in path: String) async throws -> String {
    let live = path + "/live"
    try FileManager.default.createDirectory(atPath: live, withIntermediateDirectories: true)
    let store = try SQLiteStore(
      directory: live, options: SQLiteOptions(spoolBytes: 0, checkpointInterval: 3_600), logger: Journal().logger)
    for number in 0..<50 { _ = try await store.append(.numbered(number, bytes: 3_000)) }
    let image = path + "/image"
    try FileManager.default.createDirectory(atPath: image, withIntermediateDirectories: true)
    for name in ["mpesad.db", "mpesad.db-wal"] {
      try FileManager.default.copyItem(atPath: live + "/" + name, toPath: image + "/" + name)
    }
    await store.close()
    return image
  }

  @Test("It is written again byte for byte, and nothing else is touched")
  func rewritten() async throws {
    try await TemporaryDirectory.use { path in
      let image = try await Self.crashed(in: path)
      let log = URL(fileURLWithPath: image + "/mpesad.db-wal")
      let before = try Data(contentsOf: log)
      #expect(before.count > 50 * 3_000)
      var old = stat()
      #expect(stat(log.path, &old) == 0)
      try await Task.sleep(for: .milliseconds(20))
      try LeftLog.makeDurable(of: image + "/mpesad.db")
      #expect(try Data(contentsOf: log) == before)
      var new = stat()
      #expect(stat(log.path, &new) == 0)
      #expect((new.st_mtim.tv_sec, new.st_mtim.tv_nsec) != (old.st_mtim.tv_sec, old.st_mtim.tv_nsec), "it was written")
      #expect(new.st_ino == old.st_ino, "in place")
      let store = try SQLiteStore(directory: image, logger: Journal().logger)
      #expect(try await store.waitingNumbers() == Array(0..<50))
      await store.close()
    }
  }

  @Test("Without a log there is nothing to do")
  func none() throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    try LeftLog.makeDurable(of: directory.path + "/mpesad.db")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  private static let hasPython = ["/usr/bin", "/usr/local/bin"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + "/python3")
  }

  @Test(
    "While another program writes, nothing is touched; while one reads, what was copied is copied again",
    .enabled(if: hasPython || SmallDisk.isRequired, "there is no python3 to be another program"))
  func others() async throws {
    try await TemporaryDirectory.use { path in
      let image = try await Self.crashed(in: path)
      // SQLite's locks belong to a process: only another one shows what this one would see.
      let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        db.execute(sys.argv[2])
        db.execute("SELECT count(*) FROM inbox").fetchone()
        print("ready", flush=True)
        sys.stdin.readline()
        """
      for (begin, refused) in [("BEGIN IMMEDIATE", true), ("BEGIN", false)] {
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        other.arguments = ["python3", "-c", script, image + "/mpesad.db", begin]
        let (input, output) = (Pipe(), Pipe())
        (other.standardInput, other.standardOutput) = (input, output)
        try other.run()
        defer {
          try? input.fileHandleForWriting.close()
          other.waitUntilExit()
        }
        #expect(output.fileHandleForReading.availableData.starts(with: Data("ready".utf8)))
        if refused {
          let error = #expect(throws: StoreError.self) { try LeftLog.makeDurable(of: image + "/mpesad.db") }
          #expect(error.map { "\($0)" }?.contains("another program writes") == true)
        } else {
          let memory = try FileHandle(forUpdating: URL(fileURLWithPath: image + "/mpesad.db-shm"))
          try memory.seek(toOffset: 96)
          try memory.write(contentsOf: Data([9, 0, 0, 0]))
          try memory.close()
          try LeftLog.makeDurable(of: image + "/mpesad.db")
          let after = try Data(contentsOf: URL(fileURLWithPath: image + "/mpesad.db-shm"))
          #expect(after[96..<100] == Data([0, 0, 0, 0]), "frames that the database is said to have")
        }
      }
    }
  }
}
