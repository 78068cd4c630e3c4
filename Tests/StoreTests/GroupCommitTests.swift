import Daraja
import Foundation
import GRDB
import NIOCore
import Payments
import Testing

@testable import Store

@Suite("SQLite, many at once", .serialized)
struct GroupCommitTests {
  private func use(
    _ options: SQLiteOptions = SQLiteOptions(), _ body: (SQLiteStore, String) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, options: options, logger: Journal().logger)
      do {
        try await body(store, path)
        await store.close()
      } catch {
        await store.close()
        throw error
      }
    }
  }

  private static func size(_ path: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
  }

  @Test("What gathers while the disk is busy shares its next commit")
  func fewerCommits() async throws {
    try await use { store, _ in
      let gate = Gate()
      async let held: Void = store.write { _ in gate.pass() }
      await gate.someoneWaits()
      let answers = Answers()
      for number in 0..<2_000 { store.append(.numbered(number), then: answers.answer(number)) }
      gate.open()
      try await held
      #expect(await answers.wait(for: 2_000).stored.count == 2_000)
      // The gate's own, and four batches of up to 512.
      #expect(store.statistics.deliveries == 2_000)
      #expect(store.statistics.commits == 5)
      #expect(store.statistics.deliveryCommits == 4)
    }
  }

  @Test("Many callers who wait for their answers need far fewer commits than they make rows")
  func concurrentCallers() async throws {
    try await use { store, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<200 {
          group.addTask { for turn in 0..<10 { _ = try await store.append(.numbered(caller * 10 + turn)) } }
        }
        try await group.waitForAll()
      }
      #expect(store.statistics.deliveries == 2_000)
      #expect(store.statistics.commits < 1_000, "\(store.statistics.commits) commits")
      #expect(try await store.waitingNumbers().sorted() == Array(0..<2_000))
    }
  }

  @Test("The log stays small during a burst of 60,000 deliveries", .timeLimit(.minutes(1)))
  func logIsBounded() async throws {
    let bound = 128 << 20
    try await use { store, path in
      let log = path + "/mpesad.db-wal"
      let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 700)
      var largest = 0
      var sent = 0
      let answers = Answers()
      while sent < 60_000 {
        for _ in 0..<2_000 {
          store.append(
            NewDelivery(
              body: body, receivedAt: Microseconds(sent), source: "196.201.214.200",
              token: ProvenToken(TransactionID(1), nonce: nil)),
            then: answers.answer(sent))
          sent += 1
        }
        _ = await answers.wait(for: sent - 2_000)
        largest = max(largest, Self.size(log))
      }
      let counts = await answers.wait(for: sent)
      #expect(counts.stored.count == 60_000)
      largest = max(largest, Self.size(log))
      #expect(largest > 0 && largest < bound, "\(largest >> 20) MiB")
      let distinct = try await store.read { db in
        try Int.fetchAll(db, sql: "SELECT count(*) FROM inbox UNION ALL SELECT count(DISTINCT received_at) FROM inbox")
      }
      #expect(distinct == [60_000, 60_000])
    }
  }

  @Test("More than may wait is refused as overloaded, and what was taken is stored")
  func overloadedAppends() async throws {
    try await use(SQLiteOptions(maximumWaitingAppends: 100)) { store, _ in
      let gate = Gate()
      async let held: Void = store.write { _ in gate.pass() }
      await gate.someoneWaits()
      let answers = Answers()
      for number in 0..<150 { store.append(.numbered(number), then: answers.answer(number)) }
      let refused = answers.now.refused
      #expect(refused.count == 50, "told at once, not after waiting")
      #expect(Set(refused.keys) == Set(100..<150))
      #expect(refused.values.allSatisfy { $0 == .overloaded })
      gate.open()
      try await held
      #expect(await answers.wait(for: 150).stored == Set(0..<100))
      #expect(try await store.waitingNumbers() == Array(0..<100))
      _ = try await store.append(.numbered(150))
    }
  }

  @Test("More jobs than may wait are refused as overloaded")
  func overloadedJobs() async throws {
    try await use(SQLiteOptions(maximumWaitingJobs: 10)) { store, _ in
      let gate = Gate()
      async let held: Void = store.write { _ in gate.pass() }
      await gate.someoneWaits()
      let refusals = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<30 {
          group.addTask {
            do {
              try await store.write { _ in }
              return false
            } catch StoreError.overloaded {
              return true
            }
          }
        }
        // Twenty are told at once; the ten that were taken can only answer when the gate is opened.
        var refused = 0
        for _ in 0..<20 where try await group.next() == true { refused += 1 }
        gate.open()
        for try await wasRefused in group where wasRefused { refused += 1 }
        return refused
      }
      try await held
      #expect(refusals == 20)
    }
  }

  @Test("Background work gets its turn under a load of deliveries")
  func backgroundIsNotStarved() async throws {
    try await use { store, _ in
      guard case .stored(let first) = try await store.append(.numbered(0)) else { return }
      let load = Task {
        var number = 1
        while !Task.isCancelled {
          let answers = Answers()
          for _ in 0..<400 {
            store.append(.numbered(number), then: answers.answer(number))
            number += 1
          }
          _ = await answers.wait(for: 200)
        }
      }
      for _ in 0..<20 { try await store.claim([first]) }
      load.cancel()
      await load.value
      #expect(try await store.delivery(first)?.attempts == 20)
    }
  }
}
