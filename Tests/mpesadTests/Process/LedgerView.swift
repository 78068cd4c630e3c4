import GRDB
import Payments

/// A look into the database of a running daemon from outside, as an operator with the sqlite3 shell would take it.
struct LedgerView {
  /// The daemon's state directory.
  let directory: String
  private let queue: DatabaseQueue

  init(directory: String) throws {
    self.directory = directory
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    queue = try DatabaseQueue(path: directory + "/mpesad.db", configuration: configuration)
  }

  func read<Value: Sendable>(_ value: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await queue.read(value)
  }

  func hasUnsettledDeliveries() async throws -> Bool {
    try await queue.read { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'received')") ?? false
    }
  }

  /// From where each delivery came, in order of arrival.
  func sources() async throws -> [String] {
    try await queue.read { db in try String.fetchAll(db, sql: "SELECT source FROM inbox ORDER BY id") }
  }

  /// Transactions that have a delivery at their own address.
  func delivered() async throws -> Set<Int64> {
    try await queue.read { db in
      try Int64.fetchSet(db, sql: "SELECT token FROM inbox WHERE token IS NOT NULL")
    }
  }

  /// What a transaction's own callback address holds besides its number.
  func nonce(of id: TransactionID) async throws -> Nonce? {
    try await queue.read { db in
      try Int64.fetchOne(db, sql: "SELECT nonce FROM transactions WHERE id = ?", arguments: [id.number]).map {
        Nonce($0)
      }
    }
  }

  /// Transactions that are completed.
  func completed() async throws -> Set<Int64> {
    try await queue.read { db in try Int64.fetchSet(db, sql: "SELECT id FROM transactions WHERE status = 'completed'") }
  }

  /// Transactions that were completed more than once; there must be none.
  func settledTwice() async throws -> Set<Int64> {
    try await queue.read { db in
      try Int64.fetchSet(
        db,
        sql: "SELECT transaction_id FROM events WHERE kind = 'completed' GROUP BY transaction_id HAVING count(*) > 1")
    }
  }

  /// What SQLite says about the whole file: one line, `ok`, when nothing is wrong.
  func integrity() async throws -> [String] {
    try await queue.read { db in try String.fetchAll(db, sql: "PRAGMA integrity_check") }
  }
}
