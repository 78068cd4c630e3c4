import GRDBSQLite

/// A version of SQLite, such as 3.40.1.
public struct SQLiteVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let major: Int
  public let minor: Int
  public let patch: Int

  public init(_ major: Int, _ minor: Int, _ patch: Int) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  /// Reads what `sqlite3_libversion` says: two to four numbers with points between. The fourth, of branches in old days, does not count.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in part.allSatisfy(\.isASCII) ? UInt16(part).map(Int.init) : nil }
    guard (2...4).contains(parts.count), numbers.count == parts.count else { return nil }
    self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
  }

  public static func < (one: SQLiteVersion, other: SQLiteVersion) -> Bool {
    (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
  }

  public var description: String { "\(major).\(minor).\(patch)" }

  /// The faults that it is known to have, and that concern a database in WAL mode with several connections.
  public var knownFaults: [SQLiteFault] { SQLiteFault.all.filter { $0.concerns(self) } }
}

/// A fault of SQLite's, in some of its versions.
public struct SQLiteFault: Hashable, Sendable {
  /// What it is called, with the versions that have it.
  public let name: String
  /// What mpesad does about it.
  public let measure: String
  /// What nobody but the operator can keep from happening.
  public let caution: String
  /// The first version that has it, and the last one.
  let versions: ClosedRange<SQLiteVersion>
  /// The versions in between that were mended, each with those of the same minor number that followed.
  let mended: [SQLiteVersion]

  /// A checkpoint that begins with nothing left to copy, while a commit restarts the log, forgets pages: the database becomes malformed
  /// (sqlite.org/wal.html, "The WAL-Reset Bug").
  public static let walReset = SQLiteFault(
    name: "the WAL-reset bug (3.7.0 to 3.51.2)",
    measure: "mpesad is safe from it, as it only runs checkpoints that no commit can overtake",
    caution: "other programs must not checkpoint the database while mpesad runs (Litestream, the sqlite3 shell)",
    versions: SQLiteVersion(3, 7, 0)...SQLiteVersion(3, 51, 2),
    mended: [SQLiteVersion(3, 44, 6), SQLiteVersion(3, 50, 7)])

  static let all = [walReset]

  /// Whether a version has it. A distribution that mends it without another version cannot be told apart.
  func concerns(_ version: SQLiteVersion) -> Bool {
    versions.contains(version)
      && !mended.contains { $0 <= version && ($0.major, $0.minor) == (version.major, version.minor) }
  }
}

/// The SQLite that this program runs with. It is the system's, so that it changes with the system's updates and not with mpesad's.
public enum LinkedSQLite {
  /// Its version as it says it itself.
  public static let text = String(cString: sqlite3_libversion())
  /// The day of its source, such as `2022-12-28`.
  public static let day = String(String(cString: sqlite3_sourceid()).prefix(10))
  /// The faults that it is known to have; none where its version cannot be read.
  public static let knownFaults = SQLiteVersion(text)?.knownFaults ?? []

  /// Which one it is, which faults it has, and what is done about them, in one line.
  public static let summary = summary(text, day: day, faults: knownFaults)

  static func summary(_ version: String, day: String, faults: [SQLiteFault]) -> String {
    let found = faults.map { "has \($0.name): \($0.measure); \($0.caution)" }
    return "SQLite \(version) of \(day), " + (found.isEmpty ? "no known faults" : found.joined(separator: "; "))
  }
}
