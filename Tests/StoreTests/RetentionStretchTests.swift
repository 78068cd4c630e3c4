import GRDB
import Logging
import Testing

@testable import Store

/// A large inbox in which nothing is old enough costs no more than a small one.
@Suite struct RetentionStretchTests {
  @Test func noMoreThanAStretchIsLookedAtForOldDeliveries() async throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore(
      directory: directory.path, options: SQLiteOptions(spoolBytes: 0),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    for (last, isFound) in [(Forgetting.stretch + 1, false), (Forgetting.stretch, true)] {
      try await store.write { db in
        try db.execute(
          sql: """
            DELETE FROM inbox;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(last))
            INSERT INTO inbox(id, received_at, source, body, state) SELECT i, 2000, '', x'00', 'settled' FROM n;
            UPDATE inbox SET received_at = 1 WHERE id = \(last);
            """)
      }
      let purge = try await store.purgeDeliveries(receivedBefore: 1_000, limit: 10, at: 3_000)
      #expect(purge.count == (isFound ? 1 : 0))
    }
    await store.close()
  }

  /// Rows that went leave gaps in the numbers, and a restored database begins behind one.
  @Test func aGapInTheNumbersDoesNotEndIt() async throws {
    try await use { store in
      try await Self.fill(store, from: 1, to: 10)
      try await Self.fill(store, from: 10 * Forgetting.stretch, to: 10 * Forgetting.stretch + 9)
      var count = 0
      var purge: Purge
      repeat {
        purge = try await store.purgeDeliveries(receivedBefore: 1_000, limit: 7, at: 3_000)
        count += purge.count
      } while purge.goesOn
      #expect(count == 20)
    }
  }

  /// 100,000 that stay cost each step the same, and the last of them gets its turn in each round.
  @Test func whatIsPassedOverIsLookedAtAgainInShortStepsAndAllOfIt() async throws {
    try await use { store in
      let many = 100_000
      try await Self.fill(store, from: 1, to: many, state: "unmatched")
      try await store.write { db in
        try db.execute(
          sql: """
            INSERT INTO retention_passed_over SELECT id FROM inbox;
            INSERT INTO marks(name, value) VALUES ('retention_inbox', \(many));
            """)
      }
      func round() async throws -> (steps: Int, count: Int, longest: Duration) {
        var (steps, count, longest) = (0, 0, Duration.zero)
        var purge: Purge
        repeat {
          let begun = ContinuousClock.now
          purge = try await store.purgeDeliveries(receivedBefore: 1_000, limit: 200, at: 3_000)
          longest = max(longest, ContinuousClock.now - begun)
          steps += 1
          count += purge.count
        } while purge.goesOn
        return (steps, count, longest)
      }
      let first = try await round()
      #expect(first.count == 0 && first.steps == many / Forgetting.lookedAtAgain + 1)
      // Each step looks at 500 of them; a step over all took a hundred times as long.
      #expect(first.longest < .milliseconds(250), "\(first.longest)")
      try await store.write { db in
        try db.execute(sql: "UPDATE inbox SET state = 'settled' WHERE id IN (1, 50000, 100000)")
      }
      #expect(try await round().count == 3)
      #expect(try await round().count == 0)
      let left = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM retention_passed_over") }
      #expect(left == many - 3)
    }
  }

  @Test func whatCameWhileTheClockWasAheadIsNotForgottenForGood() async throws {
    try await use { store in
      try await Self.fill(store, from: 1, to: 3)
      try await store.write { try $0.execute(sql: "UPDATE inbox SET received_at = 5000 WHERE id = 2") }
      #expect(try await store.purgeDeliveries(receivedBefore: 1_000, limit: 10, at: 3_000).count == 2)
      #expect(try await store.purgeDeliveries(receivedBefore: 6_000, limit: 10, at: 9_000).count == 1)
    }
  }

  private func use(_ body: (SQLiteStore) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore(
      directory: directory.path, options: SQLiteOptions(spoolBytes: 0),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await body(store)
    await store.close()
  }

  private static func fill(_ store: SQLiteStore, from first: Int, to last: Int, state: String = "settled") async throws
  {
    try await store.write { db in
      try db.execute(
        sql: """
          WITH RECURSIVE n(i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(last))
          INSERT INTO inbox(id, received_at, source, body, state) SELECT i, 1, '', x'00', '\(state)' FROM n
          """)
    }
  }
}
