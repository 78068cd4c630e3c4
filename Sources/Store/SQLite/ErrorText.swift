import Foundation
import GRDB
import GRDBSQLite

/// Errors in words for people: logs, answers, messages of commands.
///
/// What GRDB says of an error holds the statement, and a row that could not be decoded with its values. Both have phone numbers and receipts in
/// them, and help nobody who operates a service. Here an error of SQLite's is its meaning and its code, and nothing that was asked or stored.
public enum ErrorText {
  /// What SQLite says before the name of a table or a column, and nothing else.
  private static let namings = [
    "no such table: ", "no such column: ", "UNIQUE constraint failed: ", "NOT NULL constraint failed: ",
  ]

  /// An error in words. Errors that are not the database library's say it themselves.
  public static func of(_ error: any Error) -> String {
    switch error {
    case let error as DatabaseError: text(error)
    case let error as CommitError: text(error.cause)
    case let error where isOfTheLibrary(error):
      "a row or the schema is not as this program expects (\(type(of: error)))"
    default: "\(error)"
    }
  }

  /// The same as an error that may leave the store; one that is not the database library's stays what it is.
  /// - Parameter path: the database.
  static func storeError(_ error: any Error, at path: String) -> any Error {
    guard isOfTheLibrary(error) else { return error }
    return StoreError.failed(path: path, detail: of(error))
  }

  /// Whether an error may hold statements or values.
  private static func isOfTheLibrary(_ error: any Error) -> Bool {
    error is DatabaseError || String(reflecting: type(of: error)).hasPrefix("GRDB.")
  }

  private static func text(_ error: DatabaseError) -> String {
    let code = error.extendedResultCode.rawValue
    let meaning = String(cString: sqlite3_errstr(code & 0xFF))
    let named = error.message.flatMap(naming).map { ", \($0)" } ?? ""
    return "\(meaning)\(named) (\(SQLiteCode.name(code)), \(code))"
  }

  /// SQLite's message where it names a table or a column: without it nobody could tell which migration or index is meant.
  private static func naming(_ message: String) -> String? {
    guard let prefix = namings.first(where: message.hasPrefix) else { return nil }
    let names = message.dropFirst(prefix.count).components(separatedBy: ", ")
    return names.allSatisfy(isName) ? message : nil
  }

  /// Letters, digits and underscores, with the table's name before a column's.
  private static func isName(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      part.first.map { $0.isLetter || $0 == "_" } == true
        && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
  }
}

/// The names of SQLite's result codes, by which its documentation is searched (sqlite.org/rescode.html).
enum SQLiteCode {
  private static let primary = [
    "OK", "ERROR", "INTERNAL", "PERM", "ABORT", "BUSY", "LOCKED", "NOMEM", "READONLY", "INTERRUPT", "IOERR", "CORRUPT",
    "NOTFOUND", "FULL", "CANTOPEN", "PROTOCOL", "EMPTY", "SCHEMA", "TOOBIG", "CONSTRAINT", "MISMATCH", "MISUSE",
    "NOLFS", "AUTH", "FORMAT", "RANGE", "NOTADB", "NOTICE", "WARNING",
  ]

  /// What the second byte of an extended code means, from 1, by the primary code; empty where there is none.
  private static let extended: [String: [String]] = [
    "ERROR": ["MISSING_COLLSEQ", "RETRY", "SNAPSHOT"],
    "ABORT": ["", "ROLLBACK"],
    "BUSY": ["RECOVERY", "SNAPSHOT", "TIMEOUT"],
    "LOCKED": ["SHAREDCACHE", "VTAB"],
    "READONLY": ["RECOVERY", "CANTLOCK", "ROLLBACK", "DBMOVED", "CANTINIT", "DIRECTORY"],
    "IOERR": [
      "READ", "SHORT_READ", "WRITE", "FSYNC", "DIR_FSYNC", "TRUNCATE", "FSTAT", "UNLOCK", "RDLOCK", "DELETE", "BLOCKED",
      "NOMEM", "ACCESS", "CHECKRESERVEDLOCK", "LOCK", "CLOSE", "DIR_CLOSE", "SHMOPEN", "SHMSIZE", "SHMLOCK", "SHMMAP",
      "SEEK", "DELETE_NOENT", "MMAP", "GETTEMPPATH", "CONVPATH", "VNODE", "AUTH", "BEGIN_ATOMIC", "COMMIT_ATOMIC",
      "ROLLBACK_ATOMIC", "DATA", "CORRUPTFS", "IN_PAGE",
    ],
    "CORRUPT": ["VTAB", "SEQUENCE", "INDEX"],
    "CANTOPEN": ["NOTEMPDIR", "ISDIR", "FULLPATH", "CONVPATH", "DIRTYWAL", "SYMLINK"],
    "CONSTRAINT": [
      "CHECK", "COMMITHOOK", "FOREIGNKEY", "FUNCTION", "NOTNULL", "PRIMARYKEY", "TRIGGER", "UNIQUE", "VTAB", "ROWID",
      "PINNED", "DATATYPE",
    ],
    "AUTH": ["USER"],
  ]

  /// The name of a result code; of one that is newer than this table, that of its kind.
  static func name(_ code: CInt) -> String {
    let kind = Int(code & 0xFF)
    guard primary.indices.contains(kind) else { return "SQLITE" }
    let details = extended[primary[kind]] ?? []
    let detail = Int(code >> 8) - 1
    guard details.indices.contains(detail), !details[detail].isEmpty else { return "SQLITE_\(primary[kind])" }
    return "SQLITE_\(primary[kind])_\(details[detail])"
  }
}
