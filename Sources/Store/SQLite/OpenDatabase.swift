import GRDB
import GRDBSQLite

#if canImport(Glibc)
  import Glibc
#endif

/// A database that is open, with what belongs to its use.
final class OpenDatabase: @unchecked Sendable {
  /// Its connections. They leave the log as it is when they are closed.
  let pool: DatabasePool
  /// Copies the log into it; nil only where a test does without.
  let checkpointer: Checkpointer?
  /// Database, log and lock, as they were when it was opened.
  let files: WatchedFiles
  /// How far each spool has been taken in, by the numbers of the files, as it was when it was opened.
  let spoolPositions: [UInt64: SpoolPosition]
  /// The last transaction that it had then; 0 for none.
  let lastTransaction: Int64
  /// The log's length in frames after the last commit, where that wrote any. For the writer's thread alone.
  private var framesOfLastCommit = 0
  /// Whether the writing connection waits for locks of others.
  private var isPatient = false
  private var isSheltered = false

  init(
    pool: DatabasePool, checkpointer: Checkpointer?, files: WatchedFiles, spoolPositions: [UInt64: SpoolPosition] = [:],
    lastTransaction: Int64 = 0
  ) {
    self.pool = pool
    self.checkpointer = checkpointer
    self.files = files
    self.spoolPositions = spoolPositions
    self.lastTransaction = lastTransaction
    pool.writeWithoutTransaction { db in
      _ = sqlite3_wal_hook(
        db.sqliteConnection,
        { context, _, _, frames in
          if let context {
            Unmanaged<OpenDatabase>.fromOpaque(context).takeUnretainedValue().framesOfLastCommit = Int(frames)
          }
          return SQLITE_OK
        }, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  /// Milliseconds that a commit waits for another program's lock. Callbacks wait as long once; while that goes on, they go to the spool at
  /// once, and the database is only looked at.
  private static let patience: (first: CInt, further: CInt) = (1_000, 0)

  /// Runs `body` on the writing connection, and tells the checkpointer of each commit in it that wrote frames.
  /// - Parameter isRetry: whether the commit before did not succeed.
  func write<Value>(isRetry: Bool = false, _ body: (Database) throws -> Value) throws -> Value {
    if let checkpointer, checkpointer.endsUse {
      throw StoreError.unavailable(detail: "a checkpoint failed, and the database is not used any more")
    }
    framesOfLastCommit = 0
    let began = checkpointer?.moment ?? 0
    defer { if framesOfLastCommit > 0 { checkpointer?.committed(frames: framesOfLastCommit, began: began) } }
    return try pool.writeWithoutTransaction { db in
      if isRetry != isPatient { return try body(db) }
      sqlite3_busy_timeout(db.sqliteConnection, isRetry ? Self.patience.further : Self.patience.first)
      isPatient = !isRetry
      return try body(db)
    }
  }

  /// Closes it, copies the log into it and removes the log.
  func close() {
    do {
      try pool.close()
      checkpointer?.stop()
    } catch {
      // A reader is at work still. The log stays, and the next start reads it.
      abandon()
    }
  }

  /// The database is gone from its place: its log must not stay where the next start would take it for the log of another database.
  ///
  /// It goes back when the database is back, as long as this process lives; the connections have both open all the time.
  func shelterLog() {
    guard !isSheltered, files.isDisplaced(path), !files.isDisplaced(path + "-wal") else { return }
    isSheltered = rename(path + "-wal", shelteredLog) == 0
    if isSheltered { unlink(path + "-shm") }
  }

  /// What is different of the files, after putting the log back to a database that is back.
  var difference: String? {
    if isSheltered, !files.isDisplaced(path), rename(shelteredLog, path + "-wal") == 0 { isSheltered = false }
    return files.difference
  }

  private var path: String { pool.path }
  private var shelteredLog: String { files.identity(of: path).map { ShelteredLog.path(of: path, $0) } ?? path + "-wal" }

  /// Closes it before it was used, and leaves the log as it is.
  func discard() {
    checkpointer?.stop(leavesLog: true)
    try? pool.close()
  }

  /// Keeps it open until the process ends: closing it would write to it, or remove a log that a file of its name belongs to now.
  func abandon() {
    checkpointer?.abandon()
    _ = Unmanaged.passRetained(self)
  }
}
