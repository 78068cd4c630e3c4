import GRDB
public import Payments

/// What a load test needs: many pending transactions at once, and a count of what became of them.
extension SQLiteStore {
  /// Rows made in one transaction, so that no batch holds the writer for long.
  private static let seedChunk = 10_000

  /// Seeded rows are numbered from here on, so that all numbers have ten digits and all requests about them the same length.
  private static let seedBase: Int64 = 1_000_000_000

  /// Makes orders of KES 1 with one accepted push each, as fast as the disk allows. The nonce of each is its number.
  /// - Returns: the transactions' identifiers, consecutive.
  public func seedPendingTransactions(_ count: Int) async throws -> ClosedRange<TransactionID> {
    let taken = try await read { db in
      try Int64.fetchOne(
        db, sql: "SELECT max(ifnull((SELECT max(id) FROM transactions), 0), ifnull((SELECT max(id) FROM orders), 0))")
    }
    let first = max(taken ?? 0, Self.seedBase) + 1
    let last = first + Int64(max(count, 1)) - 1
    for start in stride(from: first, through: last, by: Self.seedChunk) {
      let end = min(start + Int64(Self.seedChunk) - 1, last)
      try await write { db in try Self.seed(db, start, end) }
    }
    return TransactionID(first)...TransactionID(last)
  }

  /// Whether any delivery still waits for a worker.
  public func hasUnsettledDeliveries() async throws -> Bool {
    try await read { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'received')") ?? false
    }
  }

  /// The transactions of a range that are completed.
  public func completedTransactions(in range: ClosedRange<TransactionID>) async throws -> [TransactionID] {
    try await read { db in
      try Int64.fetchAll(
        db, sql: "SELECT id FROM transactions WHERE id BETWEEN ? AND ? AND status = 'completed'",
        arguments: [range.lowerBound.number, range.upperBound.number]
      ).map { TransactionID($0) }
    }
  }

  /// The transactions of a range that have a delivery of their own in the inbox.
  public func deliveredTransactions(in range: ClosedRange<TransactionID>) async throws -> Set<TransactionID> {
    try await read { db in
      Set(
        try Int64.fetchAll(
          db, sql: "SELECT token FROM inbox WHERE token BETWEEN ? AND ?",
          arguments: [range.lowerBound.number, range.upperBound.number]
        ).map { TransactionID($0) })
    }
  }

  private static func seed(_ db: Database, _ start: Int64, _ end: Int64) throws {
    let numbers = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    try db.execute(
      sql: """
        \(numbers) INSERT INTO orders(id, amount, description, reference, created_by, created_at, nonce)
        SELECT i, 100, '', 'LOAD', 'load', 0, i FROM n
        """, arguments: [start, end])
    try db.execute(
      sql: """
        \(numbers) INSERT INTO transactions(id, order_id, amount, phone, created_by, created_at, push, checkout_request_id, status,
          flags, queries, nonce)
        SELECT i, i, 100, printf('2547%08d', i % 100000000), 'load', 0, 'accepted', printf('ws_CO_LOAD_%010d', i), 'pending', 0, 0, i FROM n
        """, arguments: [start, end])
  }
}
