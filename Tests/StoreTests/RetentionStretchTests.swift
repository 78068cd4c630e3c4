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
}
