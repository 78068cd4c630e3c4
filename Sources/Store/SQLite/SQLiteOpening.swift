import Foundation
import GRDB

/// Opening a database so that a commit means the disk has it.
enum SQLiteOpening {
  /// Memory for pages on the writing connection, in KiB: holds the hot ends of the indexes of a busy month.
  private static let writerCache = 65_536

  static func open(path: String) throws -> DatabasePool {
    let pool: DatabasePool
    try createPrivately(path)
    try requireKnownSchema(path: path)
    do {
      var configuration = Configuration()
      configuration.label = "mpesad"
      configuration.busyMode = .timeout(5)
      configuration.foreignKeysEnabled = true
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
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
      throw StoreError.cannotOpen(path: path, detail: ErrorText.of(error), code: systemError(of: error))
    }
    try requireDurability(of: pool)
    do {
      try Schema.migrator.migrate(pool)
    } catch {
      throw StoreError.cannotOpen(
        path: path, detail: "the schema cannot be brought up to date: \(ErrorText.of(error))",
        code: systemError(of: error))
    }
    try syncDirectory(of: path)
    return pool
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
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    Glibc.close(file)
  }

  /// The spool is a second chance, not a condition: without room for it the service still starts, and says so.
  static func spool(
    path: String, bytes: Int, pool: DatabasePool, tell: (StoreNotice) -> Void
  ) -> Spool? {
    // Without room for one, an existing one is still opened: it may hold callbacks that were acknowledged.
    guard bytes > 0 || access(path, F_OK) == 0 else { return nil }
    do {
      let spool = try Spool(path: path, bytes: bytes, takenEpoch: try pool.read { try BatchTransaction.takenEpoch($0) })
      try syncDirectory(of: path)
      return spool
    } catch {
      tell(.spoolMissing(detail: ErrorText.of(error)))
      return nil
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
      throw StoreError.cannotOpen(path: path, detail: ErrorText.of(error), code: systemError(of: error))
    }
  }

  /// The migrations that a database lacks, in order.
  static func lacking(path: String) throws -> [String] {
    let found = try requireKnownSchema(path: path)
    return Schema.migrator.migrations.filter { !found.contains($0) }
  }

  /// A new file is only there after a power cut if its directory entry was synced too.
  private static func syncDirectory(of path: String) throws {
    let directory = (path as NSString).deletingLastPathComponent
    let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError.cannotOpen(path: directory, code: errno)
    }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw StoreError.cannotOpen(path: directory, code: errno)
    }
  }
}
