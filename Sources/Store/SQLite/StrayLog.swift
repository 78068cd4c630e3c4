import Daraja
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A log that belongs to another database than the one beside it: somebody put a backup in place with `cp`, over the files of a run that crashed.
///
/// SQLite would replay such a log into the backup: its pages would be mixed with those of the old database.
enum StrayLog {
  /// Where a database says by which format it is written and read: 1 for one without a log, 2 for one with a log.
  /// https://www.sqlite.org/fileformat2.html#file_format_version_numbers
  private static let versionsOffset: off_t = 18
  private static let withoutLog: [UInt8] = [1, 1]

  /// Puts the log of a database aside that says of itself that it has none, as our backups do. A database that was in use says that it has one
  /// before the first commit goes into the log, so that no commit of its own is ever put aside.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``; nothing may be opened then.
  static func putAside(from database: String, tell: (StoreNotice) -> Void) throws {
    let log = database + "-wal"
    var status = stat()
    guard stat(log, &status) == 0, status.st_size > 0, try saysWithoutLog(database) else { return }
    // First the log: without its shared memory SQLite reads it anew, but the shared memory without the log is of no use to anybody.
    let aside = try rename(log, besides: database)
    if access(database + "-shm", F_OK) == 0 { try rename(database + "-shm", besides: database) }
    try DirectorySync.sync((database as NSString).deletingLastPathComponent)
    tell(.strayLog(path: aside))
  }

  /// Gives a file beside a database a name under which SQLite does not look for it.
  /// - Returns: the new path.
  @discardableResult
  static func rename(_ path: String, besides database: String) throws -> String {
    let time = BackupDirectory.text(Microseconds(Date().timeIntervalSince1970 * 1e6))
    let aside = "\(database).before-\(time)\(path.dropFirst(database.count))"
    guard Glibc.rename(path, aside) == 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    return aside
  }

  private static func saysWithoutLog(_ database: String) throws -> Bool {
    let file = open(database, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return false }
      throw StoreError.cannotOpen(path: database, code: errno)
    }
    defer { close(file) }
    var versions: [UInt8] = [0, 0]
    let count = pread(file, &versions, 2, versionsOffset)
    guard count >= 0 else { throw StoreError.cannotOpen(path: database, code: errno) }
    return count == 2 && versions == withoutLog
  }
}
