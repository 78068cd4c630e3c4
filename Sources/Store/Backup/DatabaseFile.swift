import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#endif

/// A database as one file among others, to be read or written outside of the store.
enum DatabaseFile {
  /// What every SQLite database begins with.
  private static let mark = Array("SQLite format 3\0".utf8)

  /// Whether a file begins as a database does.
  static func hasMark(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: mark.count)).map { Array($0) } == mark
  }

  /// Opens a database to read it, also while a daemon writes to it.
  /// - Throws: ``BackupError`` when there is none or it is none.
  static func reader(_ path: String) throws -> DatabaseQueue {
    guard access(path, F_OK) == 0 else { throw BackupError.missing(path: path) }
    guard access(path, R_OK) == 0 else {
      throw BackupError.unreadable(path: path, detail: String(cString: strerror(errno)))
    }
    // SQLite takes an empty file for an empty database.
    guard hasMark(path) else {
      throw BackupError.unreadable(path: path, detail: "it does not begin as an SQLite database does")
    }
    do {
      var configuration = Configuration()
      configuration.label = "reader"
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      }
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw BackupError.unreadable(path: path, detail: ErrorText.of(error))
    }
  }

  /// Reads from a database, and says in words what SQLite refuses.
  static func reading<Value>(
    _ path: String, through reader: DatabaseQueue, _ body: (Database) throws -> Value
  ) throws -> Value {
    do {
      return try reader.read(body)
    } catch let error as DatabaseError {
      throw BackupError.unreadable(path: path, detail: ErrorText.of(error))
    }
  }

  /// The directory that a file stands in. A bare name stands in the working directory.
  static func directory(of path: String) -> String {
    let directory = (path as NSString).deletingLastPathComponent
    return directory.isEmpty ? "." : directory
  }

  /// Opens a database of this process's own to write it. Nothing is synced before somebody asks for it.
  static func draft(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "draft"
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Length of a file in bytes; 0 where there is none.
  static func length(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
