import Daraja
import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#endif

/// Copies a database as it is at one moment, page by page, while a daemon writes to it.
///
/// The pages are read in one read transaction of a connection of its own, so nobody waits for it: not the writer, and nobody that holds a
/// watch over it. What it costs is that the log cannot be restarted meanwhile; hence the bound on the log. SQLite's other way, to copy
/// without holding a moment, begins anew whenever somebody else writes, and under load would never end.
struct DatabaseCopy {
  /// Pages (4 KiB) between two looks at the log.
  static let pagesAtOnce: CInt = 1_024
  /// Pages after which the disk is made to take what was written: else the daemon's next sync would have to wait for all of it.
  static let pagesBetweenSyncs = 4_096
  /// The log's length in bytes above which a copy is given up. The busiest daemon measured fills it in about half a minute.
  static let longestLog = 1 << 30
  /// Bytes that are left free on the disk: a daemon that has the same one must go on.
  static let reserve = 64 << 20

  /// What was copied.
  struct Moment {
    /// Rows at that moment.
    var counts: TableCounts
    /// When the newest delivery came.
    var newestDelivery: Microseconds?
    /// How far it has taken each spool in.
    var takenSpools: [UInt64: SpoolPosition]
    /// The last epoch of a spool of format 1 that it has.
    var takenOldEpoch: UInt64
  }

  let source: String
  var longestLog = Self.longestLog

  /// Copies it into a file that is being made.
  /// - Throws: ``BackupError``.
  func write(into file: NascentFile) throws -> Moment {
    let reader = try DatabaseFile.reader(source)
    let draft: DatabaseQueue
    let moment: Moment
    do {
      draft = try DatabaseFile.draft(file.temporary)
      moment = try reader.read { db in
        // The first read begins the transaction.
        let hasMarks = try db.tableExists("marks")
        let takenOldEpoch = hasMarks ? try SpoolMarks.oldEpoch(db) : 0
        let takenSpools = hasMarks ? try SpoolMarks.positions(db) : [:]
        try requireRoom(for: try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0, of: db, at: file.path)
        try draft.writeWithoutTransaction { target in
          try target.execute(sql: "PRAGMA journal_mode = OFF")
          var synced = 0
          try db.backup(to: target, pagesPerStep: Self.pagesAtOnce) { progress in
            try watchLog()
            let done = progress.completedPageCount
            guard done - synced >= Self.pagesBetweenSyncs else { return }
            synced = done
            try file.sync()
          }
        }
        return Moment(
          counts: try TableCounts(db),
          newestDelivery: try db.tableExists("inbox")
            ? Int64.fetchOne(db, sql: "SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1") : nil,
          takenSpools: takenSpools, takenOldEpoch: takenOldEpoch)
      }
    } catch let error as DatabaseError {
      throw failure(error, file)
    }
    // The copy has the source's header, which says that there is a log. One file is to be all of it.
    try draft.close()
    try reader.close()
    return moment
  }

  /// Copies what the connections of a pool see into a file of the directory that is not there yet.
  /// - Returns: its path.
  /// - Throws: ``BackupError``, or what SQLite says.
  static func rescue(_ pool: DatabasePool, in directory: String) throws -> String {
    let path =
      directory + "/mpesad.db.rescued-" + BackupDirectory.text(Microseconds(Date().timeIntervalSince1970 * 1_000_000))
    let file = try NascentFile(path, replaces: true, owner: FileOwner(of: directory))
    defer { file.abandon() }
    let draft = try DatabaseFile.draft(file.temporary)
    // Through the connection that writes: a reader may be opened only now, and would find another file under the name.
    try pool.writeWithoutTransaction { db in
      try draft.writeWithoutTransaction { target in
        try target.execute(sql: "PRAGMA journal_mode = OFF")
        try db.backup(to: target, pagesPerStep: pagesAtOnce)
      }
    }
    try draft.close()
    try file.publish()
    return path
  }

  private func requireRoom(for pages: Int, of db: Database, at path: String) throws {
    let needed = pages * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0) + Self.reserve
    guard let free = FreeSpace(of: DatabaseFile.directory(of: path))?.bytes, free < needed else { return }
    throw BackupError.noRoom(path: path, needed: needed, free: free)
  }

  private func watchLog() throws {
    let bytes = DatabaseFile.length(source + "-wal")
    if bytes > longestLog { throw BackupError.logTooLong(bytes: bytes) }
  }

  /// Which of the two files an error is about.
  private func failure(_ error: DatabaseError, _ file: NascentFile) -> BackupError {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: .unreadable(path: source, detail: ErrorText.of(error))
    default: .cannotWrite(path: file.path, detail: ErrorText.of(error))
    }
  }
}
