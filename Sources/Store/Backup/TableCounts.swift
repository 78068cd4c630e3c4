import GRDB

/// How many rows each table has.
public struct TableCounts: Hashable, Sendable {
  /// By the table's name.
  public private(set) var rows: [String: Int] = [:]

  /// Counts what is in a database, by reading all of it.
  init(_ db: Database) throws {
    for table in try String.fetchAll(
      db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    where table != BackupFacts.table {
      rows[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)")
    }
  }

  init(rows: [String: Int]) { self.rows = rows }

  /// Rows of one table; 0 where there is no such table.
  public subscript(table: String) -> Int { rows[table] ?? 0 }

  mutating func add(_ count: Int, to table: String) { rows[table, default: 0] += count }

  /// What is different in another, in words; empty where nothing is.
  func differences(_ other: TableCounts) -> [String] {
    Set(rows.keys).union(other.rows.keys).sorted().filter { rows[$0] != other.rows[$0] }
      .map {
        "\($0) has \(other.rows[$0].map(String.init) ?? "no") rows where \(rows[$0].map(String.init) ?? "no") are expected"
      }
  }
}
