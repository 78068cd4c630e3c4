#if canImport(Glibc)
  import Glibc
#endif

/// Why the store could not do what it was asked.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process holds the state directory.
  case locked(path: String, holder: String)
  /// The database was written by a newer mpesad.
  case newerSchema(path: String, unknown: [String])
  /// The engine does not sync every commit, so an acknowledgement would be a lie.
  case notDurable(found: String)
  /// The state directory or the database cannot be opened. `code` is the system's error where it said one, as in errno(3).
  case cannotOpen(path: String, detail: String, code: CInt? = nil)
  /// Nothing can be made durable now: the disk is full or fails. What was asked did not happen.
  case unavailable(detail: String)
  /// It is not known whether what was asked is on the disk: a sync failed. The service starts anew and finds out.
  case outcomeUnknown(detail: String)
  /// The database is damaged, and nothing is written into it until a restore or a complete check.
  case damaged(path: String, detail: String)
  /// The database is not there, although the state directory has been in use.
  case missing(path: String)
  /// More is waiting for the disk than may wait. What was asked did not happen.
  case overloaded
  /// The store is closed. What was asked did not happen.
  case closed
  /// The database refused or failed what was asked of it, for a reason that is not one of the above. It did not happen.
  case failed(path: String, detail: String)
  /// A row holds something this program does not know.
  case unreadable(detail: String)

  /// The state directory or the database cannot be opened, and this is the system's error.
  static func cannotOpen(path: String, code: CInt) -> StoreError {
    .cannotOpen(path: path, detail: String(cString: strerror(code)), code: code)
  }

  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .locked(let path, let holder):
      "Another mpesad (\(holder)) uses \(path). Stop it first, or give this one another state directory."
    case .newerSchema(let path, let unknown):
      "\(path) was written by a newer mpesad (it has \(unknown.joined(separator: ", "))). "
        + "Install that version again, or restore a backup made before the upgrade. Nothing was changed."
    case .notDurable(let found):
      "SQLite reports \(found) where synchronous=FULL in WAL mode is needed: a power cut could lose acknowledged callbacks. "
        + "mpesad does not start like this; check that the state directory is on a local file system."
    case .cannotOpen(let path, let detail, _):
      "Cannot open \(path): \(detail). Check that the directory exists and that mpesad may write to it."
    case .unavailable(let detail):
      "Nothing can be written now: \(detail). Free space on the disk of the state directory, or check it for errors."
    case .outcomeUnknown(let detail):
      "It is not known whether this was written: \(detail). mpesad starts anew to find out; try again in a moment."
    case .damaged(let path, let detail):
      "\(path) is damaged: \(detail). Restore a backup (`mpesad restore`), or have `mpesad check --full` show that it is sound. "
        + "Nothing is written into it until then."
    case .missing(let path):
      "\(path) is not there, although payments were made here (callback.key is there). Restore a backup (`mpesad restore`), or make an "
        + "empty database with `mpesad migrate`."
    case .overloaded: "More is waiting to be written than may wait. Try again in a moment."
    case .closed: "The store is closed; the service is stopping."
    case .failed(let path, let detail): "The database \(path) failed: \(detail)."
    case .unreadable(let detail): "The database holds something unknown: \(detail)."
    }
  }
}
