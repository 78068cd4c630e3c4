public import Daraja
import Foundation
import GRDB

/// Copies of a state directory's database, each one file that SQLite reads: all that was acknowledged by then, also what only the emergency
/// spool holds, and no keys.
///
/// A backup is made by the process that asks for it, beside a daemon: nothing in the daemon can be held up by it, and nothing has to run.
public struct Backup: Sendable {
  /// What was made.
  public struct Summary: Hashable, Sendable {
    /// Where it is.
    public var path: String
    /// Its length.
    public var bytes: Int
    /// What it says of itself.
    public var facts: BackupFacts
  }

  private let directory: String
  private let keys: [String: String]
  private let program: String

  /// Backups of this state directory.
  /// - Parameters:
  ///   - keys: fingerprints of the keys that belong to it, by the names of their files.
  ///   - program: who makes them, with the version.
  public init(of directory: String, keys: [String: String], program: String) {
    self.directory = directory
    self.keys = keys
    self.program = program
  }

  /// Makes one, reads it back whole, and only then gives it its name. Blocks for as long as that takes.
  /// - Parameters:
  ///   - replaces: whether a file of that name gives way.
  ///   - now: for what it says of itself.
  /// - Throws: ``BackupError`` or `StoreError`; then there is nothing under the name that was not there before.
  public func write(to path: String, replacing replaces: Bool = false, now: Microseconds) throws -> Summary {
    let database = directory + "/mpesad.db"
    let schema = try SchemaStatus(directory: directory)
    guard schema.unknown.isEmpty else { throw StoreError.newerSchema(path: schema.path, unknown: schema.unknown) }
    let file = try NascentFile(path, replaces: replaces, owner: FileOwner(of: database))
    defer { file.abandon() }
    // First the spool, then the database: what leaves one in between is in the other.
    let spool = try SpoolPlace.look(in: directory)
    let moment = try DatabaseCopy(source: database).write(into: file)
    let spooled = spool.waiting(oldEpoch: moment.takenOldEpoch) { moment.takenSpools[$0] }
    var facts = BackupFacts(
      takenAt: now, madeBy: program,
      newestDelivery: (spooled.map(\.receivedAt) + [moment.newestDelivery].compactMap(\.self)).max(),
      spooled: spooled.count, keys: keys, counts: moment.counts)
    facts.counts.add(spooled.count, to: "inbox")
    do {
      let draft = try DatabaseFile.draft(file.temporary)
      try draft.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = DELETE")
        try db.inTransaction {
          try BatchTransaction.store(spooled, on: db) { _ in }
          // The first callback behind a jump of the numbers takes the mark of it.
          if !spooled.isEmpty {
            let marks = try Int.fetchOne(db, sql: "SELECT count(*) FROM marks") ?? 0
            facts.counts.add(marks - facts.counts["marks"], to: "marks")
          }
          try facts.write(db)
          return .commit
        }
      }
      try draft.close()
    } catch let error as DatabaseError {
      throw BackupError.cannotWrite(path: path, detail: ErrorText.of(error))
    }
    try file.sync()
    let problems = try DatabaseVerification.problems(file.temporary, expecting: facts.counts)
    guard problems.isEmpty else { throw BackupError.notWhole(path: path, problems: problems) }
    try file.publish()
    return Summary(path: path, bytes: DatabaseFile.length(path), facts: facts)
  }
}
