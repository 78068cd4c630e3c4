public import Daraja
import GRDB

/// What a backup says of itself. It stands in a table of the backup's own, which a restored database does not have: a database that has it was
/// put in place by hand; see ``RowNumbers``.
public struct BackupFacts: Hashable, Sendable {
  static let table = "backup_facts"

  /// The moment that it shows, microseconds since the epoch, UTC.
  public var takenAt: Microseconds
  /// The program that made it, with its version.
  public var madeBy: String
  /// When the newest delivery in it came; nil where it has none.
  public var newestDelivery: Microseconds?
  /// Deliveries in it that were in the spool and not in the database yet.
  public var spooled: Int
  /// Fingerprints of the keys that the database is of use with, by the names of their files. The keys are not in a backup.
  public var keys: [String: String]
  /// Rows in it.
  public var counts: TableCounts

  private static let key = "key "
  private static let count = "count "

  func write(_ db: Database) throws {
    // A backup of a database that is one itself, put in place by hand and not opened since.
    try db.execute(sql: "DROP TABLE IF EXISTS \(Self.table)")
    try db.execute(sql: "CREATE TABLE \(Self.table) (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID")
    var values = ["taken_at": String(takenAt), "made_by": madeBy, "spooled": String(spooled)]
    values["newest_delivery"] = newestDelivery.map { String($0) }
    for (name, fingerprint) in keys { values[Self.key + name] = fingerprint }
    for (table, rows) in counts.rows { values[Self.count + table] = String(rows) }
    for (name, value) in values {
      try db.execute(sql: "INSERT INTO \(Self.table)(name, value) VALUES (?, ?)", arguments: [name, value])
    }
  }

  /// What a database says of itself as a backup; nil where it is none, or says nothing that this program understands.
  init?(_ db: Database) throws {
    guard try db.tableExists(Self.table) else { return nil }
    let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM \(Self.table)")
    let values = Dictionary(rows.map { ($0["name"] as String, $0["value"] as String) }, uniquingKeysWith: { $1 })
    guard let takenAt = values["taken_at"].flatMap({ Microseconds($0) }), let madeBy = values["made_by"] else {
      return nil
    }
    self.takenAt = takenAt
    self.madeBy = madeBy
    newestDelivery = values["newest_delivery"].flatMap { Microseconds($0) }
    spooled = values["spooled"].flatMap { Int($0) } ?? 0
    keys = Self.part(of: values, Self.key)
    counts = TableCounts(rows: Self.part(of: values, Self.count).compactMapValues { Int($0) })
  }

  init(
    takenAt: Microseconds, madeBy: String, newestDelivery: Microseconds?, spooled: Int, keys: [String: String],
    counts: TableCounts
  ) {
    self.takenAt = takenAt
    self.madeBy = madeBy
    self.newestDelivery = newestDelivery
    self.spooled = spooled
    self.keys = keys
    self.counts = counts
  }

  private static func part(of values: [String: String], _ prefix: String) -> [String: String] {
    Dictionary(
      values.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) },
      uniquingKeysWith: { $1 })
  }
}
