import GRDB
import Payments

/// The highest numbers of rows that were given out, or the first that are to be given out.
///
/// Numbers leave the process, in addresses, in the API and in webhooks, and the same one must never mean two rows. But a copy of the database
/// that takes its place knows nothing of the numbers that were given out after it was made. So where one does, all numbers go on behind a jump
/// of a random length: random, so that of two copies of one moment that are put back one after the other none goes where the other was.
///
/// Orders and transactions have AUTOINCREMENT, whose sequence is set. The inbox and the events have not, since it would cost each callback a
/// page more: there the first row behind the jump gets its number from a mark, and that row's commit removes the mark.
public struct RowNumbers: Hashable, Sendable {
  /// The shortest jump: more numbers than were given out in the time that a copy is behind.
  static let shortestJump: Int64 = 1_000_000
  /// How much longer than the shortest a jump may be.
  static let spread: Int64 = 9_000_000

  /// Of orders.
  public var orders: Int64 = 0
  /// Of transactions.
  public var transactions: Int64 = 0
  /// Of rows in the inbox.
  public var deliveries: Int64 = 0
  /// Of lines in timelines; webhooks have the number of theirs.
  public var events: Int64 = 0

  private static let sequences = [(\RowNumbers.orders, "orders"), (\.transactions, "transactions")]
  private static let marked = [(\RowNumbers.deliveries, "inbox"), (\.events, "events")]

  private init() {}

  /// The highest that a database has given out.
  init(givenOutBy db: Database) throws {
    for (place, table) in Self.sequences {
      self[keyPath: place] = max(
        try Self.highest(table, db),
        try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table]) ?? 0)
    }
    for (place, table) in Self.marked {
      self[keyPath: place] = max(try Self.highest(table, db), (try Self.mark(table, db) ?? 1) - 1)
    }
  }

  /// The highest that what was acknowledged or noted into spools names.
  init(namedBy spools: SpoolView) {
    transactions = spools.transactions.map(\.number).max() ?? 0
  }

  /// The higher ones of two.
  func raised(to other: RowNumbers) -> RowNumbers {
    var raised = self
    for (place, _) in Self.sequences + Self.marked {
      raised[keyPath: place] = max(self[keyPath: place], other[keyPath: place])
    }
    return raised
  }

  /// The first numbers behind a jump, where these are the highest that were given out.
  func behindJump(using random: inout some RandomNumberGenerator) -> RowNumbers {
    var next = self
    for (place, _) in Self.sequences + Self.marked {
      let step = Self.shortestJump + Int64.random(in: 0..<Self.spread, using: &random)
      next[keyPath: place] = min(max(self[keyPath: place], 0), .max - step - 1) + step + 1
    }
    return next
  }

  /// Has a database give out these next. Runs inside a transaction.
  func goOn(in db: Database) throws {
    for (place, table) in Self.sequences {
      let last = self[keyPath: place] - 1
      try db.execute(sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", arguments: [last, table])
      guard db.changesCount == 0 else { continue }
      try db.execute(sql: "INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", arguments: [table, last])
    }
    for (place, table) in Self.marked {
      try db.execute(
        sql: "INSERT INTO marks(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        arguments: [Self.name(of: table), self[keyPath: place]])
    }
  }

  /// The number that the next row of a table must get, where a jump is due; removes the mark of it. Runs inside the transaction that makes the
  /// row.
  /// - Returns: nil nearly always: then SQLite gives the row its number.
  static func takeMark(of table: String, _ db: Database) throws -> Int64? {
    guard let marked = try mark(table, db) else { return nil }
    try db.execute(sql: "DELETE FROM marks WHERE name = ?", arguments: [name(of: table)])
    return max(marked, try highest(table, db) + 1)
  }

  private static func name(of table: String) -> String { "next \(table)" }

  private static func mark(_ table: String, _ db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(sql: "SELECT value FROM marks WHERE name = ?")
    return try Int64.fetchOne(statement, arguments: [name(of: table)])
  }

  private static func highest(_ table: String, _ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(id) FROM \(table)") ?? 0
  }
}
