import GRDB
import Payments
import Testing

@testable import Store

/// However many events were delivered, what is not is found through an index that holds nothing else.
@Suite("Outbox, query plans")
struct OutboxPlanTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var sql: String
    var index: String
  }

  static let rows = [
    Row(
      testDescription: "what is due", sql: "SELECT * FROM outbox WHERE \(SQLiteStore.dueCondition("<= ?"))",
      index: "outbox_due"
    ),
    Row(
      testDescription: "when the next is due",
      sql: "SELECT min(next_attempt_at) FROM outbox WHERE state = 'waiting' AND next_attempt_at > ?",
      index: "outbox_due"),
    Row(
      testDescription: "the oldest that waits",
      sql: "SELECT created_at FROM outbox WHERE state = 'waiting' ORDER BY id LIMIT 1", index: "outbox_waiting"),
    Row(
      testDescription: "a list of what is parked",
      sql: "SELECT * FROM outbox WHERE id < ? AND state = 'parked' ORDER BY id DESC LIMIT ?", index: "outbox_parked"),
    Row(
      testDescription: "a list of what had nobody to be told",
      sql: "SELECT * FROM outbox WHERE id < ? AND state = 'unaddressed' ORDER BY id DESC LIMIT ?",
      index: "outbox_unaddressed"),
    Row(
      testDescription: "a transaction's",
      sql: "SELECT * FROM outbox WHERE id < ? AND transaction_id = ? ORDER BY id DESC LIMIT ?",
      index: "outbox_transaction"),
    Row(
      testDescription: "the console's list of an event and a state", sql: listed(.completed, .delivered),
      index: "outbox_listed"),
    Row(testDescription: "the console's list of a state", sql: listed(nil, .delivered), index: "outbox_listed"),
    Row(testDescription: "the console's list of an event", sql: listed(.amended, nil), index: "outbox_listed"),
    Row(
      testDescription: "what retention looks for",
      sql:
        "SELECT id FROM outbox WHERE state = 'delivered' AND purged_at IS NULL AND finished_at < ? ORDER BY finished_at",
      index: "outbox_delivered_whole"),
  ]

  private static func listed(_ event: Notification?, _ state: OutboxState?) -> String {
    var filter = OutboxFilter(state: state)
    filter.notification = event
    return "SELECT * FROM outbox " + OutboxSearch.sql(for: filter)
  }

  @Test(arguments: rows) func plan(row: Row) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      let plan = try await store.read { db in
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + row.sql)
        statement.setUncheckedArguments(
          StatementArguments(Array(repeating: 1, count: 3).prefix(statement.sql.count { $0 == "?" })))
        return try GRDB.Row.fetchAll(statement).map { $0["detail"] as String }
      }
      await store.close()
      #expect(plan.contains { $0.contains(row.index) }, "\(plan)")
      // To read a partial index from its beginning is no scan of the table, and neither is to put parts of a list together.
      #expect(plan.allSatisfy { !$0.contains("SCAN outbox") || $0.contains(row.index) }, "\(plan)")
      #expect(plan.allSatisfy { !$0.contains("TEMP") }, "\(plan)")
    }
  }
}
