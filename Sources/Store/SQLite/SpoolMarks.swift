import GRDB

/// What the database notes of spools, in the commit that takes records in: for each spool file how far it has been taken in.
///
/// A file that it knows nothing of has not been taken in at all. A record that is taken in twice counts once; one that is passed over is lost.
enum SpoolMarks {
  /// The mark of spools of format 1: the last epoch that was taken in, or nil.
  private static let oldFormat = "spool_epoch_taken"

  /// How far a spool has been taken in; nil where nothing of it was.
  static func position(of identity: UInt64, _ db: Database) throws -> SpoolPosition? {
    guard let epoch = try value(name(identity, "epoch"), db), let offset = try value(name(identity, "offset"), db)
    else {
      return nil
    }
    return SpoolPosition(epoch: UInt64(clamping: epoch), offset: Int(offset))
  }

  /// How far each spool has been taken in, by the numbers of the files.
  static func positions(_ db: Database) throws -> [UInt64: SpoolPosition] {
    var positions: [UInt64: SpoolPosition] = [:]
    for name in try String.fetchAll(db, sql: "SELECT name FROM marks WHERE name LIKE 'spool % epoch'") {
      guard let identity = UInt64(name.split(separator: " ")[1], radix: 16) else { continue }
      positions[identity] = try position(of: identity, db)
    }
    return positions
  }

  static func set(_ position: SpoolPosition, of identity: UInt64, _ db: Database) throws {
    try set(Int64(clamping: position.epoch), name(identity, "epoch"), db)
    try set(Int64(position.offset), name(identity, "offset"), db)
  }

  /// The last epoch of a spool of format 1 that was taken in.
  static func oldEpoch(_ db: Database) throws -> UInt64 { UInt64(clamping: try value(oldFormat, db) ?? 0) }

  static func setOldEpoch(_ epoch: UInt64, _ db: Database) throws { try set(Int64(clamping: epoch), oldFormat, db) }

  /// Has the database take in everything that the spools hold when it is opened next, although it may have done so before.
  static func forget(_ db: Database) throws {
    try db.execute(sql: "UPDATE marks SET value = 0 WHERE name LIKE 'spool %' OR name = ?", arguments: [oldFormat])
  }

  private static func name(_ identity: UInt64, _ part: String) -> String {
    "spool \(String(identity, radix: 16)) \(part)"
  }

  private static func value(_ name: String, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT value FROM marks WHERE name = ?", arguments: [name])
  }

  private static func set(_ value: Int64, _ name: String, _ db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO marks(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value"
    ).execute(arguments: [name, value])
  }
}
