public import Logging

/// What the store tells of the way to the disk: each is told once for each time of trouble, on one of the store's own threads.
public enum StoreNotice: Hashable, Sendable {
  /// The database stopped to commit.
  case databaseFailed(detail: String)
  /// It commits again.
  case databaseRecovered
  /// The first callbacks of this time of trouble went to the emergency spool.
  case spoolUsed
  /// What the spool held is in the database now.
  case spoolDrained(deliveries: Int)
  /// There is no spool.
  case spoolMissing(detail: String)
  /// The database has what the spool holds, but the spool cannot be emptied and takes nothing more.
  case spoolStuck(detail: String)
  /// Neither database nor spool can take callbacks.
  case callbacksRefused
  /// The log could not be copied into the database.
  case checkpointFailed(detail: String)

  /// One sentence for a person.
  public var message: String {
    switch self {
    case .databaseFailed: "The database cannot commit; callbacks go to the spool."
    case .databaseRecovered: "The database commits again."
    case .spoolUsed: "Callbacks are kept in the emergency spool until the database commits again."
    case .spoolDrained: "The spool is taken in."
    case .spoolMissing: "There is no emergency spool: if the database cannot commit, callbacks will be refused."
    case .spoolStuck: "The spool cannot be emptied: if the database fails too, callbacks will be refused."
    case .callbacksRefused: "Callbacks are refused: neither the database nor the spool can take them."
    case .checkpointFailed: "The log could not be copied into the database; it grows until it can."
    }
  }

  /// The cause, in the words of SQLite or the system; nil where there is none to tell.
  public var detail: String? {
    switch self {
    case .databaseFailed(let detail), .spoolMissing(let detail), .spoolStuck(let detail), .checkpointFailed(let detail):
      detail
    case .databaseRecovered, .spoolUsed, .spoolDrained, .callbacksRefused: nil
    }
  }

  /// How loud it is.
  public var level: Logger.Level {
    switch self {
    case .databaseFailed, .spoolMissing, .spoolStuck, .callbacksRefused: .critical
    case .spoolUsed, .checkpointFailed: .warning
    case .databaseRecovered, .spoolDrained: .notice
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
