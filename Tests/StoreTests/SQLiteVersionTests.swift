import Testing

@testable import Store

@Suite("Which SQLite is linked, and what is known of it")
struct SQLiteVersionTests {
  @Test(
    "A version is read and ordered by its numbers",
    arguments: [
      ("3.40.1", SQLiteVersion(3, 40, 1)), ("3.7.0", SQLiteVersion(3, 7, 0)), ("3.8", SQLiteVersion(3, 8, 0)),
      ("3.7.16.2", SQLiteVersion(3, 7, 16)), ("3.100.0", SQLiteVersion(3, 100, 0)), ("", nil), ("3", nil),
      ("3.x.1", nil), ("3..1", nil), ("3.40.1-2+deb12u2", nil), ("-3.1.0", nil), ("3.1.2.3.4", nil),
    ])
  func read(text: String, version: SQLiteVersion?) {
    #expect(SQLiteVersion(text) == version)
  }

  @Test("Numbers count, not digits")
  func ordered() {
    let rising = ["3.6.23", "3.7.0", "3.40.1", "3.44.6", "3.50.7", "3.51.2", "3.51.3", "4.0.0"]
    #expect(rising.compactMap { SQLiteVersion($0) }.sorted().map(\.description) == rising)
  }

  @Test(
    "The WAL-reset bug is in 3.7.0 to 3.51.2, but for what followed 3.50.7 and 3.44.6 under the same minor number",
    arguments: [
      ("3.6.23", false), ("3.7.0", true), ("3.40.1", true), ("3.44.5", true), ("3.44.6", false), ("3.44.7", false),
      ("3.45.0", true), ("3.46.1", true), ("3.50.6", true), ("3.50.7", false), ("3.50.8", false), ("3.51.0", true),
      ("3.51.2", true), ("3.51.3", false), ("3.52.0", false), ("4.0.0", false),
    ])
  func walReset(text: String, hasIt: Bool) throws {
    let version = try #require(SQLiteVersion(text))
    #expect(version.knownFaults.contains(.walReset) == hasIt)
  }

  @Test("What is told names the version, each fault, what mpesad does about it, and who must take care")
  func summary() {
    let old = LinkedSQLite.summary("3.40.1", day: "2022-12-28", faults: SQLiteVersion(3, 40, 1).knownFaults)
    for part in ["SQLite 3.40.1 of 2022-12-28", "WAL-reset", "3.7.0 to 3.51.2", "mpesad is safe", "Litestream"] {
      #expect(old.contains(part), "\(old)")
    }
    #expect(
      LinkedSQLite.summary("3.51.3", day: "2026-03-13", faults: []) == "SQLite 3.51.3 of 2026-03-13, no known faults")
  }

  @Test("The linked one is known by its version and day")
  func linked() {
    #expect(SQLiteVersion(LinkedSQLite.text) != nil, "\(LinkedSQLite.text)")
    #expect(LinkedSQLite.day.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil, "\(LinkedSQLite.day)")
  }
}
