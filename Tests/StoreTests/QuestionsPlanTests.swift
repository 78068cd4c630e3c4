import GRDB
import Payments
import Testing

@testable import Store

/// However many payments wait to be asked about, the next one is found through an index.
@Suite("Questions, query plans")
struct QuestionsPlanTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var sql: String
    var index: String
    /// Whether what was found is sorted: only where the index bounds how much that is.
    var isSorted = false
  }

  static let rows = [
    Row(
      testDescription: "young ones that are due", sql: SQLiteStore.youngDue, index: "transactions_young", isSorted: true
    ),
    Row(testDescription: "older ones that are due", sql: SQLiteStore.olderDue, index: "transactions_due"),
    Row(
      testDescription: "older ones from another clock", sql: SQLiteStore.olderPlannedTooFarAhead,
      index: "transactions_due"),
    Row(testDescription: "how many are due", sql: SQLiteStore.allDueCount, index: "transactions_due"),
    Row(testDescription: "how many young ones are due", sql: SQLiteStore.youngDueCount, index: "transactions_young"),
    Row(testDescription: "when the next is due", sql: SQLiteStore.nextDue, index: "transactions_due"),
  ]

  @Test(arguments: rows) func plan(row: Row) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      let plan = try await store.read { db in
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + row.sql)
        statement.setUncheckedArguments(
          StatementArguments(Array(repeating: 1, count: statement.sql.count { $0 == "?" })))
        return try GRDB.Row.fetchAll(statement).map { $0["detail"] as String }
      }
      await store.close()
      #expect(plan.contains { $0.contains(row.index) }, "\(plan)")
      #expect(plan.allSatisfy { !$0.contains("SCAN") || $0.contains("COVERING INDEX") }, "\(plan)")
      #expect(plan.contains { $0.contains("TEMP") } == row.isSorted, "\(plan)")
    }
  }
}
