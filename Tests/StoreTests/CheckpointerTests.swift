import Foundation
import GRDB
import Testing

@testable import Store

@Suite("SQLite, checkpoints")
struct CheckpointerTests {
  private static let reports = Checkpointer.Reports(tell: { _ in }, end: { _ in })

  private static func openFiles(in directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }.filter { $0.hasPrefix(directory) }
  }

  @Test("It ends when it is stopped, busy or idle, and more than once does no harm", arguments: [false, true])
  func ends(busy: Bool) async throws {
    try await TemporaryDirectory.use { path in
      let pool = try SQLiteOpening.pool(path: path + "/mpesad.db")
      let checkpointer = try Checkpointer(
        path: path + "/mpesad.db", options: SQLiteOptions(checkpointInterval: 0.001), reports: Self.reports)
      checkpointer.start { $0() }
      if busy { for _ in 0..<50 { checkpointer.committed(frames: 1, began: checkpointer.moment) } }
      checkpointer.stop()
      checkpointer.stop()
      try pool.close()
    }
  }

  @Test("Closing a store leaves no file of its directory open, and no log behind")
  func closing() async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      for number in 0..<20 { _ = try await store.append(.numbered(number)) }
      #expect(try !Self.openFiles(in: path).isEmpty)
      await store.close()
      withExtendedLifetime(store) {}
      let left = try Self.openFiles(in: path).filter { !$0.hasSuffix("mpesad.spool") }
      #expect(left == [])
      #expect(!FileManager.default.fileExists(atPath: path + "/mpesad.db-wal"), "all of it is in the database")
    }
  }

  @Test("What is committed reaches the database file while the store runs")
  func copies() async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(
        directory: path, options: SQLiteOptions(checkpointInterval: 0.001, restartLogAboveFrames: 50),
        logger: Journal().logger)
      let empty = try Self.size(path + "/mpesad.db")
      let answers = Answers()
      for number in 0..<400 { store.append(.numbered(number, bytes: 5_000), then: answers.answer(number)) }
      _ = await answers.wait(for: 400)
      var grown = false
      for _ in 0..<500 where !grown {
        grown = try Self.size(path + "/mpesad.db") > empty + 400 * 5_000
        if !grown { try await Task.sleep(for: .milliseconds(10)) }
      }
      #expect(grown)
      await store.close()
    }
  }

  @Test("A database that cannot be opened is an error that names it")
  func unopenable() throws {
    let error = try #require(throws: StoreError.self) {
      try Checkpointer(path: "/proc/no/such/mpesad.db", options: SQLiteOptions(), reports: Self.reports)
    }
    #expect("\(error)".contains("/proc/no/such/mpesad.db"))
  }

  private static func size(_ path: String) throws -> Int {
    (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
  }
}
