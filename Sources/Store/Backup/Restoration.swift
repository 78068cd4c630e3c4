public import Daraja
import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#endif

/// Puts a backup in the place of a state directory's database, while nothing runs there.
///
/// The database that was there is kept beside it under a name of its own, whatever state it is in. The spool stays: what it holds
/// was acknowledged, and the next start takes it in.
public final class Restoration {
  /// What is about to be restored, or was.
  public struct Summary: Hashable, Sendable {
    /// What the backup says of itself; nil for a plain copy of a database.
    public var facts: BackupFacts?
    /// Rows in it.
    public var counts: TableCounts
    /// When the newest delivery in it came.
    public var newestDelivery: Microseconds?
    /// Migrations that the next start brings.
    public var pendingMigrations: Int
    /// Deliveries in this directory's spool, which the next start takes in.
    public var spooled: Int
    /// The settings table in it, whose secrets open only under the key that they were sealed with.
    public var settings: [StoredSetting]
    /// Where the database is that was in place; nil where there was none.
    public var aside: String?
    /// The numbers that the next rows get: behind a jump, so that none is given out twice; nil before it is carried out.
    public var next: RowNumbers?
    /// Why the numbers that the database in place has given out are not known; nil where they are, or there was none.
    public var numbersUnknown: String?
  }

  /// What the database that gives way is called: its name, this, and a time.
  static let asideMark = ".before-"

  private let backup: String
  private let directory: String
  private let lock: StateDirectoryLock
  private var database: String { directory + "/mpesad.db" }
  /// What was found in the backup.
  public private(set) var summary: Summary

  /// Takes the state directory and reads the backup whole. Nothing is changed.
  /// - Parameters:
  ///   - backup: a backup, or a plain copy of a database with its log.
  ///   - directory: the state directory.
  /// - Throws: ``StoreError/locked(path:holder:)`` while a daemon runs, ``StoreError/newerSchema(path:unknown:)``, or ``BackupError``.
  public init(of backup: String, into directory: String) throws {
    self.backup = backup
    self.directory = directory
    lock = try StateDirectoryLock(directory: directory)
    summary = try Self.examine(backup)
    summary.spooled = try SpoolPlace.look(in: directory).waiting(oldEpoch: 0) { _ in nil }.count
  }

  /// Puts it in place. A power cut leaves either database whole.
  ///
  /// Numbers of rows go on behind a jump: behind those in the backup, those that the database in place has given out, as far as it can be
  /// read, and those that the spool names.
  /// - Parameters:
  ///   - now: for the name of the database that gives way.
  ///   - random: for the length of the jump.
  /// - Throws: ``BackupError``; then the database in place is as it was.
  public func carryOut(now: Microseconds, using random: inout some RandomNumberGenerator) throws -> Summary {
    var given = RowNumbers(namedBy: try SpoolPlace.look(in: directory))
    do {
      if let inPlace = try numbersInPlace() { given = given.raised(to: inPlace) }
    } catch {
      summary.numbersUnknown = "\(error)"
    }
    let file = try NascentFile(database, replaces: true, owner: FileOwner(of: directory))
    defer { file.abandon() }
    _ = try DatabaseCopy(source: backup, longestLog: .max).write(into: file)
    var expected = summary.counts
    do {
      let draft = try DatabaseFile.draft(file.temporary)
      let (next, marks) = try draft.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = DELETE; DROP TABLE IF EXISTS \(BackupFacts.table)")
        try SpoolMarks.forget(db)
        let next = try RowNumbers(givenOutBy: db).raised(to: given).behindJump(using: &random)
        try next.goOn(in: db)
        return (next, try Int.fetchOne(db, sql: "SELECT count(*) FROM marks") ?? 0)
      }
      summary.next = next
      expected.add(marks - expected["marks"], to: "marks")
      try draft.close()
    } catch let error as DatabaseError {
      throw BackupError.cannotWrite(path: database, detail: ErrorText.of(error))
    }
    try file.sync()
    let problems = try DatabaseVerification.problems(file.temporary, expecting: expected)
    guard problems.isEmpty else { throw BackupError.notWhole(path: file.temporary, problems: problems) }
    summary.aside = try putAside(now: now)
    try file.publish()
    try DamageVerdict(directory: directory).lift()
    return summary
  }

  /// The same, with a jump of a length from the system's source of randomness.
  public func carryOut(now: Microseconds) throws -> Summary {
    var random = SystemRandomNumberGenerator()
    return try carryOut(now: now, using: &random)
  }

  /// The highest numbers that the database in place has given out; nil where there is none.
  private func numbersInPlace() throws -> RowNumbers? {
    guard access(database, F_OK) == 0 else { return nil }
    let reader = try DatabaseFile.reader(database)
    let numbers = try DatabaseFile.reading(database, through: reader) { try RowNumbers(givenOutBy: $0) }
    try reader.close()
    return numbers
  }

  /// Lets go of the state directory.
  public func end() { lock.release() }

  private static func examine(_ backup: String) throws -> Summary {
    let problems = try DatabaseVerification.problems(backup, expecting: nil)
    guard problems.isEmpty else { throw BackupError.notWhole(path: backup, problems: problems) }
    let pending = try SQLiteOpening.lacking(path: backup)
    let reader = try DatabaseFile.reader(backup)
    let summary = try DatabaseFile.reading(backup, through: reader) { db in
      guard try ["inbox", "orders", "transactions", "events", "marks"].allSatisfy({ try db.tableExists($0) }) else {
        throw BackupError.unreadable(path: backup, detail: "it is a database, and none of mpesad's")
      }
      return Summary(
        facts: try BackupFacts(db), counts: try TableCounts(db),
        newestDelivery: try Int64.fetchOne(db, sql: "SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1"),
        pendingMigrations: pending.count, spooled: 0,
        settings: try db.tableExists("settings") ? StoredSetting.all(db) : [])
    }
    try reader.close()
    if let facts = summary.facts {
      let missing = facts.counts.differences(summary.counts)
      guard missing.isEmpty else { throw BackupError.notWhole(path: backup, problems: missing) }
    }
    return summary
  }

  /// Gives the database in place a second name, under which it stays when the first goes to another.
  private func putAside(now: Microseconds) throws -> String? {
    let aside = database + Self.asideMark + BackupDirectory.text(now)
    guard access(database, F_OK) == 0 else {
      // A log without its database would be taken for the new one's.
      try keepLog(beside: aside)
      return nil
    }
    try takeInLog(orKeepItBeside: aside)
    guard link(database, aside) == 0 else {
      throw BackupError.cannotWrite(path: aside, detail: String(cString: strerror(errno)))
    }
    try NascentFile.syncDirectory(of: aside)
    return aside
  }

  /// Makes one file of the database and its log, which nobody can do while others have it open: a log that stayed would be taken for the
  /// new database's.
  private func takeInLog(orKeepItBeside aside: String) throws {
    guard DatabaseFile.hasMark(database) else { return try keepLog(beside: aside) }
    try LeftLog.makeDurable(of: database)
    do {
      let queue = try DatabaseFile.draft(database)
      let mode = try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = FULL")
        return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
      guard mode == "delete" else { throw BackupError.inUse(path: database) }
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw BackupError.inUse(path: database)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: try keepLog(beside: aside)
      default: throw BackupError.cannotWrite(path: database, detail: ErrorText.of(error))
      }
    }
  }

  /// No program can open the database as it is, so that its log is of use only to whoever tries to mend it.
  private func keepLog(beside aside: String) throws {
    let log = database + "-wal"
    guard access(log, F_OK) != 0 || rename(log, aside + "-wal") == 0 else {
      throw BackupError.cannotWrite(path: aside + "-wal", detail: String(cString: strerror(errno)))
    }
    unlink(database + "-shm")
  }
}
