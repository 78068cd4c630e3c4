public import Daraja
import Foundation
import GRDB

extension SQLiteStore: SettingsStore {
  public func settings() async throws -> [StoredSetting] {
    try await read { db in try StoredSetting.all(db) }
  }

  public func changeSettings(
    _ changes: [String: StoredSetting.Value?], by who: String, at now: Microseconds
  ) async throws {
    try await write { db in
      for (name, value) in changes {
        guard let value else {
          try db.execute(sql: "DELETE FROM settings WHERE name = ?", arguments: [name])
          continue
        }
        let (plain, sealed): (String?, Data?) =
          switch value {
          case .plain(let text): (text, nil)
          case .sealed(let bytes): (nil, Data(bytes))
          }
        try db.execute(
          sql: """
            INSERT INTO settings(name, value, sealed, changed_at, changed_by) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT(name) DO UPDATE SET value = excluded.value, sealed = excluded.sealed,
              changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """, arguments: [name, plain, sealed, now, who])
      }
    }
  }
}

extension StoredSetting {
  static func all(_ db: Database) throws -> [StoredSetting] {
    try Row.fetchAll(db, sql: "SELECT name, value, sealed, changed_at, changed_by FROM settings ORDER BY name")
      .map { row in
        let sealed: Data? = row["sealed"]
        return StoredSetting(
          name: row["name"], value: sealed.map { .sealed([UInt8]($0)) } ?? .plain(row["value"]),
          changedAt: row["changed_at"], changedBy: row["changed_by"])
      }
  }
}
