import GRDB

/// Reads a database that nobody uses from its first page to its last.
enum DatabaseVerification {
  /// The most that is told of what is wrong.
  static let mostProblems = 10

  /// What is wrong with it, in words; empty where nothing is.
  /// - Throws: ``BackupError`` when it cannot be opened, ``StoreError/newerSchema(path:unknown:)`` when it is of a newer program.
  static func problems(_ path: String, expecting counts: TableCounts?) throws -> [String] {
    let reader = try DatabaseFile.reader(path)
    let problems: [String]
    do {
      try SQLiteOpening.requireKnownSchema(path: path)
      problems = try reader.read { db in
        var problems = try integrity(db)
        // A damaged file may have no rows where it looks for them.
        if problems.isEmpty { problems += try danglingReferences(db) }
        if problems.isEmpty, let counts { problems += counts.differences(try TableCounts(db)) }
        return problems
      }
    } catch let error as DatabaseError {
      throw BackupError.unreadable(path: path, detail: ErrorText.of(error))
    } catch StoreError.cannotOpen(_, let detail, _) {
      throw BackupError.unreadable(path: path, detail: detail)
    }
    try reader.close()
    return problems
  }

  /// SQLite's own look at every page, record and index.
  static func integrity(_ db: Database) throws -> [String] {
    try String.fetchAll(db, sql: "PRAGMA integrity_check(\(mostProblems))").filter { $0 != "ok" }
  }

  /// Rows that point to others which are not there.
  static func danglingReferences(_ db: Database) throws -> [String] {
    let rows = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
    var problems: [String] = []
    while problems.count < mostProblems, let row = try rows.next() {
      problems.append(
        "row \(row["rowid"] as Int64? ?? 0) of \(row["table"] as String) points to nothing in \(row["parent"] as String)"
      )
    }
    return problems
  }
}
