public import Daraja
public import Logging

/// What the store tells of the way to the disk: each is told once for each time of trouble, on one of the store's own threads.
public enum StoreNotice: Hashable, Sendable {
  /// The database stopped to commit.
  case databaseFailed(detail: String)
  /// It commits again.
  case databaseRecovered
  /// The first callbacks of this time of trouble went to the spool.
  case spoolUsed
  /// What the spool held is in the database now.
  case spoolDrained(deliveries: Int)
  /// There is no spool.
  case spoolMissing(detail: String)
  /// What a spool of an earlier place or format holds cannot be taken in; it waits for the next start.
  case spoolUnreadable(detail: String)
  /// There is a spool again, after there was none or its file was removed.
  case spoolReplaced
  /// Parts of the spool were damaged when it was opened: callbacks in them are lost.
  case spoolDamaged(parts: Int, bytes: Int)
  /// Three quarters of the spool are used.
  case spoolFilling(used: Int, of: Int)
  /// The database cannot be used yet; callbacks go to the spool until it can.
  case databaseUnusable(detail: String)
  /// The database is in use, after a start without it.
  case databaseOpened
  /// The database is a backup that was put in place by hand; numbers go on behind a jump.
  case copyInPlace(takenAt: Microseconds?, next: RowNumbers)
  /// A database without a log was put in place beside the log of another, which was put aside.
  case strayLog(path: String)
  /// It is not known whether the last commit is on the disk: this process ends.
  case outcomeUnknown(detail: String)
  /// SQLite found the database damaged.
  case databaseDamaged(detail: String)
  /// Files that are in use are not found under their names.
  case filesDisplaced(detail: String)
  /// What displaced files held was copied out.
  case databaseRescued(path: String)
  /// What displaced files held could not be copied out.
  case rescueFailed(detail: String)
  /// Neither database nor spool can take callbacks.
  case callbacksRefused
  /// The log could not be copied into the database.
  case checkpointFailed(detail: String)

  /// One sentence for a person, or two.
  public var message: String {
    switch self {
    case .databaseFailed: "The database cannot commit; callbacks go to the spool."
    case .databaseRecovered: "The database commits again."
    case .databaseUnusable: "The database cannot be used; callbacks go to the spool until it can be opened."
    case .databaseOpened: "The database is open, and what came meanwhile is taken in."
    case .copyInPlace(let takenAt, let next):
      "The database is a backup\(takenAt.map { " of \(UTCTimestamp.format($0))" } ?? "") that was put in place by hand. What came since is not "
        + "in it; so that no number is given out twice, orders go on from \(next.orders) and transactions from \(next.transactions)."
    case .strayLog(let path):
      "A copy of a database was put in place by hand, beside the log of the one before. That log was put aside as \(path): what it holds is not "
        + "in the copy."
    case .outcomeUnknown:
      "It is not known whether the last commit is on the disk. Callbacks go to the spool, and mpesad starts anew to find out."
    case .databaseDamaged:
      "The database is damaged. Callbacks go to the spool until a backup is restored or `mpesad check --full` finds it sound."
    case .filesDisplaced: "Files of the database are gone from their place; callbacks go to the spool."
    case .databaseRescued(let path):
      "What the database held that is gone from its place was copied to \(path). To go on with it, stop mpesad and run `mpesad restore \(path)`."
    case .rescueFailed:
      "What the database held that is gone from its place could not be copied. Do not stop mpesad before it is."
    case .spoolUsed: "Callbacks are kept in the spool until the database commits again."
    case .spoolDrained: "The spool is taken in."
    case .spoolMissing: "There is no spool: if the database cannot commit, callbacks will be refused."
    case .spoolUnreadable: "A spool of before cannot be read: what it holds waits for the next start."
    case .spoolReplaced: "There is a spool again."
    case .spoolDamaged(let parts, let bytes):
      "The spool was damaged in \(parts) places (\(bytes) bytes): callbacks in them are lost, all others were read."
    case .spoolFilling(let used, let room):
      "The spool is filling: \(ByteCount(used)) of \(ByteCount(room)) are used. When it is full, callbacks will be refused."
    case .callbacksRefused: "Callbacks are refused: neither the database nor the spool can take them."
    case .checkpointFailed: "The log could not be copied into the database; it grows until it can."
    }
  }

  /// The cause, in the words of SQLite or the system; nil where there is none to tell.
  public var detail: String? {
    switch self {
    case .databaseFailed(let detail), .spoolMissing(let detail), .spoolUnreadable(let detail),
      .checkpointFailed(let detail),
      .databaseUnusable(let detail), .outcomeUnknown(let detail), .databaseDamaged(let detail),
      .filesDisplaced(let detail), .rescueFailed(let detail):
      detail
    case .databaseRecovered, .spoolUsed, .spoolDrained, .callbacksRefused, .spoolReplaced, .spoolDamaged, .spoolFilling,
      .databaseOpened, .databaseRescued, .copyInPlace, .strayLog:
      nil
    }
  }

  /// How loud it is.
  public var level: Logger.Level {
    switch self {
    case .databaseFailed, .spoolMissing, .spoolUnreadable, .callbacksRefused, .databaseUnusable, .outcomeUnknown,
      .databaseDamaged,
      .filesDisplaced, .spoolDamaged, .rescueFailed:
      .critical
    case .spoolUsed, .checkpointFailed, .spoolFilling, .databaseRescued, .copyInPlace, .strayLog: .warning
    case .databaseRecovered, .spoolDrained, .spoolReplaced, .databaseOpened: .notice
    }
  }
}

extension Logger {
  /// Writes a notice as a plain entry.
  func tell(_ notice: StoreNotice) {
    var metadata: Logger.Metadata = [:]
    if let detail = notice.detail { metadata["error"] = "\(detail)" }
    if case .spoolDrained(let deliveries) = notice { metadata["deliveries"] = "\(deliveries)" }
    log(level: notice.level, "\(notice.message)", metadata: metadata)
  }
}
