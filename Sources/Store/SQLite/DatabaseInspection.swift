public import Daraja
import Foundation
import GRDB

/// A look at a state directory from outside, also while a daemon uses it: nothing is written, and nobody waits for it.
public struct DatabaseInspection: Sendable {
  /// How much is read.
  public enum Depth: Sendable {
    /// A database of up to ``DatabaseInspection/readWholeUpTo`` bytes page by page; of a larger one what the lists stand on.
    case glance
    /// All of it, with every index.
    case full
  }

  /// Up to this length, in bytes, a glance reads every page: that takes less than a second.
  public static let readWholeUpTo = 128 << 20

  /// Of so many of the newest days it is read what had to go of the messages that prove nothing.
  public static let daysOfRemovals = 3

  /// Length of the database in bytes.
  public private(set) var bytes: Int
  /// Length of its log in bytes.
  public private(set) var logBytes: Int
  /// Migrations that it lacks.
  public private(set) var pendingMigrations: [String]
  /// What is wrong with it, in words.
  public private(set) var problems: [String] = []
  /// Whether it was read whole.
  public private(set) var wasReadWhole = false
  /// What waits.
  public private(set) var census = Census()
  /// What the shop is to be told still; nil before the migration that brings it.
  public private(set) var outbox: OutboxCensus?
  /// What there is of messages that prove nothing; nil before the migration that counts them.
  public private(set) var unproven: UnprovenMessages?
  /// When the newest delivery came.
  public private(set) var newestDelivery: Microseconds?
  /// The settings table.
  public private(set) var settings: [StoredSetting] = []
  /// The spool; nil where there is none.
  public private(set) var spool: SpoolStanding?

  /// Looks.
  /// - Throws: ``BackupError`` when the database cannot be read, ``StoreError`` when it is a newer program's or the spool cannot be read.
  public init(directory: String, depth: Depth) throws {
    let path = directory + "/mpesad.db"
    // The spool first: what leaves it in between is in the database.
    let held = try SpoolPlace.look(in: directory)
    let reader = try DatabaseFile.reader(path)
    pendingMigrations = try SQLiteOpening.lacking(path: path)
    bytes = DatabaseFile.length(path)
    logBytes = DatabaseFile.length(path + "-wal")
    do {
      let isSmall = bytes <= Self.readWholeUpTo
      try reader.read { db in
        switch depth {
        case .full:
          problems = try DatabaseVerification.integrity(db)
          if problems.isEmpty { problems = try DatabaseVerification.danglingReferences(db) }
        case .glance where isSmall:
          problems = try String.fetchAll(db, sql: "PRAGMA quick_check(\(DatabaseVerification.mostProblems))")
            .filter { $0 != "ok" }
        case .glance: break
        }
        wasReadWhole = depth == .full || isSmall
        guard problems.isEmpty else { return }
        census = try Census(db)
        newestDelivery = try Int64.fetchOne(db, sql: "SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1")
        if try db.tableExists("settings") { settings = try StoredSetting.all(db) }
        if try db.tableExists("unproven_counts") {
          unproven = try UnprovenLedger.standing(db, budget: UnprovenBudget(), days: Self.daysOfRemovals)
        }
        if try db.tableExists("outbox") { outbox = try OutboxCensus(db) }
        let waiting = try held.waiting(oldEpoch: try SpoolMarks.oldEpoch(db)) { try SpoolMarks.position(of: $0, db) }
          .count
        if held.current != nil || waiting > 0 {
          spool = SpoolStanding(
            bytes: DatabaseFile.length(directory + "/" + SpoolPlace.name), waiting: waiting)
        }
      }
      try reader.close()
    } catch let error as DatabaseError {
      throw BackupError.unreadable(path: path, detail: ErrorText.of(error))
    }
  }
}

/// The spool, seen from outside.
public struct SpoolStanding: Hashable, Sendable {
  /// Its length in bytes, all of it reserved.
  public var bytes: Int
  /// Deliveries in it that the database does not have.
  public var waiting: Int

  /// The spool beside a database that cannot be read: whatever it holds may wait.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  public init(ofUnreadable directory: String) throws {
    self.init(
      bytes: DatabaseFile.length(directory + "/" + SpoolPlace.name),
      waiting: try SpoolPlace.look(in: directory).waiting(oldEpoch: 0) { _ in nil }.count)
  }

  /// A spool of this length, with so many.
  public init(bytes: Int, waiting: Int) {
    self.bytes = bytes
    self.waiting = waiting
  }
}
