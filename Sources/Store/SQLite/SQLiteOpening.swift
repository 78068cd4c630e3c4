import CSQLite
import Daraja
import Foundation
import GRDB
import GRDBSQLite

#if canImport(Glibc)
  import Glibc
#endif

/// Opening a database so that a commit means the disk has it.
enum SQLiteOpening {
  /// Memory for pages on the writing connection, in KiB: holds the hot ends of the indexes of a busy month.
  private static let writerCache = 65_536

  /// Opens a database for one process, which acknowledges into it from then on.
  ///
  /// In this order: what a run before left in the log is made durable, the schema is brought up to date, the log is copied into the
  /// database, and what spools of other places and formats hold is taken in.
  /// - Throws: ``StoreError``. Nothing of it is open then, and a log stays as it is.
  static func open(
    _ place: SpoolPlace, options: SQLiteOptions, reports: Checkpointer.Reports
  ) throws -> OpenDatabase {
    let path = place.directory + "/mpesad.db"
    let verdict = DamageVerdict(directory: place.directory)
    try requireDatabase(path, in: place.directory, orMake: options.makesDatabase, verdict)
    if let detail = verdict.detail { throw StoreError.damaged(path: path, detail: detail) }
    do {
      return try open(path, place, options, reports)
    } catch StoreError.damaged(let path, let detail) {
      try verdict.keep(detail)
      throw StoreError.damaged(path: path, detail: detail)
    }
  }

  private static func open(
    _ path: String, _ place: SpoolPlace, _ options: SQLiteOptions, _ reports: Checkpointer.Reports
  ) throws -> OpenDatabase {
    let pool = try pool(path: path, tell: reports.tell)
    do {
      let checkpointer = try Checkpointer(path: path, options: options, reports: reports)
      do {
        try checkpointer.copyAll()
        try goOnBehindJump(place, pool, tell: reports.tell)
        try takeInOthers(place, pool, tell: reports.tell)
        var files = WatchedFiles()
        try files.watch(path)
        try files.watch(path + "-wal")
        guard !checkpointer.isDatabaseMoved else {
          throw StoreError.cannotOpen(path: path, detail: "it was replaced while it was being opened")
        }
        return OpenDatabase(
          pool: pool, checkpointer: checkpointer, files: files,
          spoolPositions: try pool.read { try SpoolMarks.positions($0) },
          lastTransaction: try pool.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM transactions") } ?? 0)
      } catch {
        checkpointer.stop(leavesLog: true)
        throw error
      }
    } catch {
      try? pool.close()
      throw error is StoreError ? error : cannotOpen(path, error)
    }
  }

  /// Opens the connections, with the schema up to date.
  static func pool(path: String, tell: (StoreNotice) -> Void = { _ in }) throws -> DatabasePool {
    let pool: DatabasePool
    try createPrivately(path)
    try ShelteredLog.putBack(to: path)
    try StrayLog.putAside(from: path, tell: tell)
    try LeftLog.makeDurable(of: path)
    try rollBackJournal(of: path)
    try requireKnownSchema(path: path)
    do {
      var configuration = Configuration()
      configuration.label = "mpesad"
      configuration.busyMode = .timeout(5)
      configuration.foreignKeysEnabled = true
      // Before anything is committed on a connection: nobody but the checkpointer copies the log, and closing leaves it as it is.
      configuration.prepareDatabase { db in
        try db.execute(
          sql: "PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        if let connection = db.sqliteConnection {
          _ = mpesad_sqlite3_keep_log_at_close(UnsafeMutableRawPointer(connection), 1)
        }
      }
      pool = try DatabasePool(path: path, configuration: configuration)
      // Savepoints keep the pages they may have to restore in memory: by default those go through a file in /var/tmp.
      // GRDB puts a pool at synchronous=NORMAL when it switches to WAL, whatever was set before: set it after opening, then look.
      try pool.writeWithoutTransaction { db in
        try db.execute(
          sql: """
            PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
            PRAGMA cache_size = -\(writerCache); PRAGMA temp_store = MEMORY
            """)
      }
    } catch {
      throw cannotOpen(path, error)
    }
    do {
      try requireDurability(of: pool)
      try Schema.migrator.migrate(pool)
      try DirectorySync.sync((path as NSString).deletingLastPathComponent)
    } catch {
      try? pool.close()
      guard error is DatabaseError else { throw error }
      throw StoreError.cannotOpen(
        path: path, detail: "the schema cannot be brought up to date: \(ErrorText.of(error))",
        code: systemError(of: error))
    }
    return pool
  }

  /// Undoes what a crash at the very first start left half done, before the database had a log: a connection that only reads cannot.
  private static func rollBackJournal(of path: String) throws {
    guard FileIdentity(path: path + "-journal") != nil else { return }
    var connection: OpaquePointer?
    defer { sqlite3_close_v2(connection) }
    var result = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil)
    if result == SQLITE_OK, let connection {
      _ = mpesad_sqlite3_keep_log_at_close(UnsafeMutableRawPointer(connection), 1)
      sqlite3_busy_timeout(connection, 5_000)
      result = sqlite3_exec(connection, "SELECT count(*) FROM sqlite_schema", nil, nil, nil)
    }
    guard result == SQLITE_OK else { throw cannotOpen(path, DatabaseError(resultCode: ResultCode(rawValue: result))) }
  }

  /// A database that is gone is not made anew: the payments of the addresses that were given out are in it. Where a new one is wanted, a
  /// verdict on the old one ends.
  private static func requireDatabase(
    _ path: String, in directory: String, orMake mayMake: Bool, _ verdict: DamageVerdict
  ) throws {
    // SQLite takes an empty file for an empty database, and removes the log beside it.
    var status = stat()
    guard stat(path, &status) == 0 ? status.st_size == 0 : errno == ENOENT else { return }
    guard mayMake || access(directory + "/callback.key", F_OK) != 0 else { throw StoreError.missing(path: path) }
    let log = path + "-wal"
    if stat(log, &status) == 0, status.st_size > 0 {
      try StrayLog.rename(log, besides: path)
    }
    try verdict.lift()
  }

  /// Where the database is a backup that somebody put here with `cp`, numbers were given out that it knows nothing of: they go on behind a jump.
  /// The same commit ends its being a copy. `mpesad restore` does so by itself; a plain copy of a database cannot be told from the database.
  private static func goOnBehindJump(
    _ place: SpoolPlace, _ pool: DatabasePool, tell: (StoreNotice) -> Void
  ) throws {
    guard try pool.read({ try $0.tableExists(BackupFacts.table) }) else { return }
    let named: RowNumbers?
    do {
      named = RowNumbers(namedBy: try SpoolPlace.look(in: place.directory))
    } catch {
      tell(.spoolUnreadable(detail: "\(error)"))
      named = nil
    }
    let (takenAt, next) = try pool.writeWithoutTransaction { db in
      var facts: BackupFacts?
      var next = try RowNumbers(givenOutBy: db)
      try db.inTransaction(.immediate) {
        facts = try BackupFacts(db)
        var random = SystemRandomNumberGenerator()
        next = (named.map { next.raised(to: $0) } ?? next).behindJump(using: &random)
        try next.goOn(in: db)
        try db.execute(sql: "DROP TABLE \(BackupFacts.table)")
        return .commit
      }
      return (facts?.takenAt, next)
    }
    tell(.copyInPlace(takenAt: takenAt, next: next))
  }

  /// Takes in what a spool of an earlier place, and one of format 1, hold.
  private static func takeInOthers(
    _ place: SpoolPlace, _ pool: DatabasePool, tell: (StoreNotice) -> Void
  ) throws {
    var callbacks = 0
    do {
      if let old = try OldSpool.look(in: place.directory) {
        callbacks += try pool.writeWithoutTransaction { try BatchTransaction.takeIn(old, on: $0) }
        try OldSpool.putAside(in: place.directory)
      }
      if let left = try place.left() {
        callbacks += try pool.writeWithoutTransaction { db in
          left.know(try SpoolMarks.position(of: left.identity, db))
          return try BatchTransaction.takeIn(left.waiting, of: left.identity, on: db).callbacks
        }
        try place.removeLeft()
      }
    } catch let error as StoreError {
      // The database is sound, and callbacks that come now matter as much: what cannot be read waits for the next start.
      tell(.spoolUnreadable(detail: "\(error)"))
    }
    if callbacks > 0 { tell(.spoolDrained(deliveries: callbacks)) }
  }

  private static func cannotOpen(_ path: String, _ error: any Error) -> StoreError {
    switch (error as? DatabaseError)?.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, detail: ErrorText.of(error))
    default: .cannotOpen(path: path, detail: ErrorText.of(error), code: systemError(of: error))
    }
  }

  /// What SQLite's error is among those of errno(3), where it is one of the disk's.
  private static func systemError(of error: any Error) -> CInt? {
    switch (error as? DatabaseError)?.resultCode {
    case .SQLITE_FULL: ENOSPC
    case .SQLITE_IOERR: EIO
    case .SQLITE_READONLY: EROFS
    case .SQLITE_BUSY: EBUSY
    default: nil
    }
  }

  /// Payments and phone numbers are nobody else's business. SQLite gives its log the permissions of the database.
  private static func createPrivately(_ path: String) throws {
    guard access(path, F_OK) != 0 else { return }
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    Glibc.close(file)
  }

  /// Opens or makes the spool where the settings want it.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func spool(_ place: SpoolPlace, bytes: Int) throws -> Spool {
    try place.open { path in
      let spool = try Spool(path: path, bytes: bytes)
      try DirectorySync.sync((path as NSString).deletingLastPathComponent)
      return spool
    }
  }

  static func requireDurability(of pool: DatabasePool) throws {
    let (synchronous, journal) = try pool.writeWithoutTransaction { db in
      (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
    }
    guard let synchronous, synchronous >= 2, journal == "wal" else {
      let found = synchronous.map { String($0) } ?? "nothing"
      throw StoreError.notDurable(found: "synchronous=\(found), journal_mode=\(journal ?? "nothing")")
    }
  }

  /// Makes sure that no newer program wrote a database.
  /// - Returns: the migrations that it has.
  @discardableResult
  static func requireKnownSchema(path: String) throws -> Set<String> {
    let found = try migrations(path: path)
    let unknown = found.subtracting(Schema.migrator.migrations).sorted()
    guard unknown.isEmpty else { throw StoreError.newerSchema(path: path, unknown: unknown) }
    return found
  }

  /// The migrations that a database has. Looked at through a connection that cannot write: to open a pool writes to the file.
  static func migrations(path: String) throws -> Set<String> {
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let applied = try queue.read { db in Set(try Schema.migrator.appliedIdentifiers(db)) }
      try queue.close()
      return applied
    } catch {
      throw cannotOpen(path, error)
    }
  }

  /// The migrations that a database lacks, in order.
  static func lacking(path: String) throws -> [String] {
    let found = try requireKnownSchema(path: path)
    return Schema.migrator.migrations.filter { !found.contains($0) }
  }
}
