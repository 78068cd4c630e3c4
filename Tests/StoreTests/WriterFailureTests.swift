import Foundation
import Testing

@testable import Store

/// The database stops to commit while the service runs, and starts again.
@Suite("SQLite, a database that cannot commit")
struct WriterFailureTests {
  private func use(
    _ options: SQLiteOptions = SQLiteOptions(spoolBytes: 1 << 20), _ body: (WriterRig) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.use { path in
      let rig = try WriterRig(path: path, options: options)
      do {
        try await body(rig)
        try rig.stop()
      } catch {
        try rig.stop()
        throw error
      }
    }
  }

  /// Bodies of a page and more, so that none fits into what is left of the last page.
  private func deliveries(_ numbers: Range<Int>) -> [NewDelivery] { numbers.map { .numbered($0, bytes: 5_000) } }

  @Test("Deliveries go to the spool and come back into the inbox, in order, once, without a restart")
  func outAndBack() async throws {
    try await use { rig in
      #expect(await rig.appendAll(deliveries(0..<5)).stored == Set(0..<5))
      try await rig.fillUp()
      let spooled = await rig.appendAll(deliveries(5..<30))
      #expect(spooled.spooled == Set(5..<30))
      #expect(try await rig.inbox() == Array(0..<5))
      try await rig.makeRoom()
      #expect(try await rig.inbox(reaches: 30) == Array(0..<30))
      #expect(await rig.appendAll(deliveries(30..<40)).stored == Set(30..<40))
      #expect(try await rig.inbox() == Array(0..<40))
      #expect(rig.announcedDeliveries == 40, "the workers are told of every one")
    }
  }

  @Test("What came before the recovery stands before what comes after it")
  func orderAcrossRecovery() async throws {
    try await use { rig in
      var next = 0
      for _ in 0..<4 {
        try await rig.fillUp()
        _ = await rig.appendAll(deliveries(next..<next + 7))
        try await rig.makeRoom()
        // At once, while the writer may still believe that the database fails.
        _ = await rig.appendAll(deliveries(next + 7..<next + 12))
        next += 12
      }
      #expect(try await rig.inbox(reaches: next) == Array(0..<next))
    }
  }

  @Test("It is said once that the database fails, and once that it commits again")
  func said() async throws {
    try await use { rig in
      try await rig.fillUp()
      for number in 0..<5 { _ = try await rig.append(.numbered(number, bytes: 5_000)) }
      #expect(rig.journal.texts(.critical).count == 1)
      #expect(rig.journal.texts(.critical).first?.contains("full") == true, "with the cause")
      try await rig.makeRoom()
      _ = try await rig.inbox(reaches: 5)
      #expect(await rig.appendAll(deliveries(5..<6)).stored == [5])
      #expect(rig.journal.texts(.notice).filter { $0.contains("commits again") }.count == 1)
    }
  }

  @Test("Everything that is no delivery is told at once, with the cause said once")
  func othersAreTold() async throws {
    try await use { rig in
      try await rig.fillUp()
      for attempt in 0..<6 {
        let error = await #expect(throws: StoreError.self) {
          try await rig.writer.perform(.prompt, guarded: true) { db in
            try db.execute(sql: "CREATE TABLE filler AS SELECT zeroblob(20000) AS bytes")
          }
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.components(separatedBy: "Nothing can be written now").count == 2, "attempt \(attempt): \(text)")
        #expect(text.contains("full"))
      }
      try await rig.makeRoom()
      try await rig.onceItCommits {
        try await rig.writer.perform(.prompt, guarded: true) { db in try db.execute(sql: "CREATE TABLE filler(x)") }
      }
    }
  }

  @Test("When the spool is full too, deliveries are refused, and what was accepted is kept")
  func bothFull() async throws {
    try await use(SQLiteOptions(spoolBytes: 64 << 10)) { rig in
      try await rig.fillUp()
      var spooled: [Int] = []
      var refused: [Int] = []
      for number in 0..<20 {
        do {
          #expect(try await rig.append(.numbered(number, bytes: 5_000)) == .spooled)
          spooled.append(number)
        } catch StoreError.unavailable {
          refused.append(number)
        }
      }
      #expect(spooled == Array(0..<spooled.count))
      #expect((10...12).contains(spooled.count))
      #expect(refused == Array(spooled.count..<20))
      try await rig.makeRoom()
      #expect(try await rig.inbox(reaches: spooled.count) == spooled)
      #expect(try await rig.append(.numbered(99, bytes: 5_000)) != .spooled, "and all is well again")
    }
  }

  @Test("Without a spool deliveries are refused while the database fails")
  func noSpool() async throws {
    try await use(SQLiteOptions(spoolBytes: 0)) { rig in
      try await rig.fillUp()
      await #expect(throws: StoreError.self) { try await rig.append(.numbered(1, bytes: 5_000)) }
      try await rig.makeRoom()
      try await rig.onceItCommits { _ = try await rig.append(.numbered(2, bytes: 5_000)) }
      #expect(try await rig.inbox() == [2])
    }
  }

  @Test("What the spool holds when the program stops is taken in by the next one, before anything newer")
  func acrossRestart() async throws {
    try await TemporaryDirectory.use { path in
      let rig = try WriterRig(path: path)
      _ = await rig.appendAll(deliveries(0..<3))
      try await rig.fillUp()
      #expect(await rig.appendAll(deliveries(3..<9)).spooled == Set(3..<9))
      try rig.stop()
      let store = try SQLiteStore(
        directory: path, options: SQLiteOptions(spoolBytes: 0), logger: Journal().logger)
      _ = try await store.append(.numbered(9))
      #expect(try await store.waitingNumbers() == Array(0..<10), "also when the new one is to have no spool")
      await store.close()
      let again = try SQLiteStore(directory: path, logger: Journal().logger)
      _ = try await again.append(.numbered(10))
      #expect(try await again.waitingNumbers() == Array(0..<11), "and not a second time")
      await again.close()
    }
  }

  @Test("The spool is taken in at the start without waiting for the next delivery, and announced")
  func takenInAtStart() async throws {
    try await TemporaryDirectory.use { path in
      let rig = try WriterRig(path: path)
      try await rig.fillUp()
      _ = await rig.appendAll(deliveries(0..<4))
      try rig.stop()
      let next = try WriterRig(path: path)
      #expect(try await next.inbox(reaches: 4) == Array(0..<4))
      try next.stop()
      #expect(next.announcedDeliveries == 4)
    }
  }

  @Test("A crash after the database took the spool in, and before the spool was cleared, takes nothing in twice")
  func crashBetweenCommitAndClear() async throws {
    try await TemporaryDirectory.use { path in
      let rig = try WriterRig(path: path)
      try await rig.fillUp()
      _ = await rig.appendAll(deliveries(0..<4))
      // The file as it is now is what a crash before the clearing leaves behind.
      let spool = URL(fileURLWithPath: path + "/mpesad.spool")
      let uncleared = try Data(contentsOf: spool)
      try await rig.makeRoom()
      _ = try await rig.inbox(reaches: 4)
      _ = try await rig.append(.numbered(4))
      try rig.stop()
      try uncleared.write(to: spool)
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      _ = try await store.append(.numbered(5))
      #expect(try await store.waitingNumbers() == Array(0..<6))
      await store.close()
    }
  }

  @Test("A spool that cannot be written does not keep a healthy database from committing")
  func stuckSpool() async throws {
    try await use { rig in
      try await rig.fillUp()
      #expect(await rig.appendAll(deliveries(0..<4)).spooled.count == 4)
      try rig.breakSpool()
      try await rig.makeRoom()
      #expect(try await rig.inbox(reaches: 4) == Array(0..<4))
      for number in 4..<8 { #expect(try await rig.append(.numbered(number)) != .spooled) }
      #expect(try await rig.inbox() == Array(0..<8))
      try await rig.fillUp()
      let refused = await rig.appendAll(deliveries(8..<10)).refused
      #expect(refused.count == 2, "the second chance is gone, and nobody is told otherwise")
      try rig.mendSpool()
      try await rig.makeRoom()
      try await rig.onceItCommits { _ = try await rig.append(.numbered(10)) }
      try await rig.fillUp()
      #expect(await rig.appendAll(deliveries(11..<13)).spooled == [11, 12], "and it is back once it can be written")
      try await rig.makeRoom()
      #expect(try await rig.inbox(reaches: 11) == Array(0..<8) + [10, 11, 12])
    }
  }

  @Test("A spool that cannot be written to is no acceptance")
  func brokenSpool() async throws {
    try await use { rig in
      try await rig.fillUp()
      try rig.breakSpool()
      await #expect(throws: StoreError.self) { try await rig.append(.numbered(1, bytes: 5_000)) }
      try rig.mendSpool()
      #expect(try await rig.append(.numbered(2, bytes: 5_000)) == .spooled)
      try await rig.makeRoom()
      #expect(try await rig.inbox(reaches: 1) == [2], "what was refused is not there")
    }
  }
}
