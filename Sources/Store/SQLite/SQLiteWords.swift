import GRDB
import GRDBSQLite

/// What an error of SQLite's says to people: its meaning and its code, never the statement, which may hold what is nobody's business.
enum SQLiteWords {
  static func of(_ error: any Error) -> String {
    let cause = (error as? CommitError)?.cause ?? error
    guard let error = cause as? DatabaseError else { return String(describing: error) }
    let code = error.extendedResultCode.rawValue
    return "\(String(cString: sqlite3_errstr(code))) (SQLite's code \(code))"
  }
}
