import Crypto
import Daraja
import Foundation
import GRDB

/// Removes the bytes of inbox messages. Runs inside a transaction of the writer's.
struct MessageBytes {
  let db: Database
  let now: Microseconds

  /// What was removed, for the note that stays.
  struct Removed {
    var count: Int
    var sha256: Data

    /// Such as "Its 435 bytes were removed by retention; their SHA-256 was 9f86…".
    func note(_ how: String) -> String {
      let hex = sha256.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      return "Its \(count) bytes were removed \(how); their SHA-256 was \(hex)."
    }
  }

  /// Does something while everything that SQLite removes is overwritten in the file, so that it cannot be read there any more.
  static func overwriting<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
    try db.execute(sql: "PRAGMA secure_delete = ON")
    defer {
      // Only costs time when it stays on, and cannot fail on an open connection.
      try? db.execute(sql: "PRAGMA secure_delete = OFF")
    }
    return try body()
  }

  /// Removes the bytes of one message by writing its row again. A row that only shrinks leaves its page as empty as it was full: the inbox
  /// grows at its end, so that nothing would ever fill it.
  /// - Parameter how: the end of a sentence, such as "to make room".
  func rewrite(_ id: Int64, how: String) throws {
    let select = try db.cachedStatement(sql: "SELECT * FROM inbox WHERE id = ?")
    guard let row = try Row.fetchOne(select, arguments: [id]) else { return }
    let columns = Array(row.columnNames)
    let removed = Self.removed(row["body"] as Data? ?? Data())
    let note = [row["note"] as String?, removed.note(how)].compactMap { $0 }.joined(separator: " ")
    let values = columns.map { column -> (any DatabaseValueConvertible)? in
      switch column {
      case "body": Data()
      case "body_sha256": removed.sha256
      case "purged_at": now
      case "note": note
      default: row[column] as DatabaseValue
      }
    }
    try delete(id)
    try db.cachedStatement(
      sql: """
        INSERT INTO inbox(\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """
    ).execute(arguments: StatementArguments(values))
  }

  /// Removes a row.
  func delete(_ id: Int64) throws {
    try db.cachedStatement(sql: "DELETE FROM retention_passed_over WHERE delivery_id = ?").execute(arguments: [id])
    try db.cachedStatement(sql: "DELETE FROM inbox WHERE id = ?").execute(arguments: [id])
  }

  static func removed(_ bytes: Data) -> Removed {
    Removed(count: bytes.count, sha256: Data(SHA256.hash(data: bytes)))
  }
}
