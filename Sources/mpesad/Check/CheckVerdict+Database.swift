import Foundation
import Store

/// What each finding means, and what to do about it. Pure.
enum CheckVerdict {
  /// The log's length in bytes above which something holds it back: under the heaviest load it has 64 MiB.
  static let longLog = 512 << 20
  /// Bytes free on the disk below which it is said, and below which it is a failure.
  static let littleSpace = 1 << 30
  static let noSpace = 128 << 20

  static func database(_ inspection: DatabaseInspection) -> CheckLine {
    guard inspection.problems.isEmpty else {
      return .failed(
        .database, "damaged: \(inspection.problems.joined(separator: "; "))",
        "Stop the daemon, copy the state directory elsewhere, and restore the last backup (`mpesad restore`).")
    }
    let size = "\(ByteCount(inspection.bytes))"
    return .ok(
      .database,
      inspection.wasReadWhole ? "\(size), read whole" : "\(size), can be read; backups and --full read all of it")
  }

  /// - Parameter detail: what SQLite said when it found it damaged.
  static func database(condemned detail: String) -> CheckLine {
    .failed(
      .database, "SQLite found it damaged (\(detail)); callbacks go to the spool",
      "Run `mpesad check --full`: it reads all of it, and lifts the verdict if it is sound. Else restore the last backup."
    )
  }

  static func databaseLifted(_ detail: String) -> CheckLine {
    .ok(
      .database,
      "read whole and sound: the verdict that it is damaged (\(detail)) is lifted, and the daemon opens it again")
  }

  static func database(_ error: any Error) -> CheckLine {
    if case BackupError.missing = error {
      return .failed(
        .database, "\(error)",
        "Name the state directory with --state. The daemon makes the database at its first start.")
    }
    return .failed(.database, ErrorText.of(error), "If it is damaged, restore the last backup (`mpesad restore`).")
  }

  /// Which SQLite is linked. Its faults are told and are no warning: what can be done about them here is done, and the rest the line says.
  static func sqlite(_ summary: String) -> CheckLine { .ok(.sqlite, summary) }

  static func schema(pending: [String]) -> CheckLine {
    pending.isEmpty
      ? .ok(.schema, "up to date")
      : .warning(.schema, "lacks \(pending.joined(separator: ", "))", "Start the daemon, or run `mpesad migrate`.")
  }

  static func log(bytes: Int) -> CheckLine {
    bytes <= longLog
      ? .ok(.log, "\(ByteCount(bytes))")
      : .warning(
        .log, "\(ByteCount(bytes)): it cannot be taken into the database",
        "See who has the database open for long (`fuser -v mpesad.db`), a stopped sqlite3 for instance.")
  }

  /// - Parameter wanted: `spool_bytes`.
  static func spool(_ standing: SpoolStanding?, wanted: Int) -> CheckLine {
    guard let standing else {
      return wanted == 0
        ? .ok(.spool, "switched off (spool_bytes)")
        : .warning(
          .spool, "not reserved: if the database cannot commit, callbacks are refused",
          "Free space on the disk; a daemon tries again by itself.")
    }
    guard standing.waiting == 0 else {
      return .failed(
        .spool, "in use: \(standing.waiting) acknowledged deliveries wait for the database",
        "See `commits` and `disk`. They are taken in by themselves when the database commits again; with no daemon, at the next start."
      )
    }
    guard standing.bytes >= wanted else {
      return .warning(
        .spool, "\(ByteCount(standing.bytes)) reserved where spool_bytes asks for \(ByteCount(wanted))",
        "Free space on the disk and restart the daemon.")
    }
    return .ok(.spool, "\(ByteCount(standing.bytes)) reserved, empty")
  }

  static func disk(_ space: FreeSpace?, at path: String) -> CheckLine {
    guard let space else { return .skipped(.disk, "the file system of \(path) cannot be seen") }
    let percent = space.total > 0 ? 100 * space.bytes / space.total : 0
    let found = "\(ByteCount(space.bytes)) free at \(path) (\(percent) %)"
    if space.bytes < noSpace { return .failed(.disk, found, "Free space now: soon nothing can be committed.") }
    if space.bytes < littleSpace { return .warning(.disk, found, "Free space, or move the state directory.") }
    return .ok(.disk, found)
  }
}
