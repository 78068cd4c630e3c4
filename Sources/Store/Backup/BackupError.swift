/// Why a backup was not made, or not restored.
public enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file of this name is there already.
  case exists(path: String)
  /// There is no such file.
  case missing(path: String)
  /// Another process writes to the same name just now.
  case beingWritten(path: String)
  /// The disk has less room than a copy needs, in bytes.
  case noRoom(path: String, needed: Int, free: Int)
  /// A file or directory cannot be written.
  case cannotWrite(path: String, detail: String)
  /// A file is no database, or cannot be read.
  case unreadable(path: String, detail: String)
  /// The database's log grew beyond what may be held back for a copy, in bytes.
  case logTooLong(bytes: Int)
  /// What was read back is not whole.
  case notWhole(path: String, problems: [String])
  /// Another program has the database open, so that it cannot be put aside.
  case inUse(path: String)

  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .exists(let path): "\(path) is there already. Give another name, or --force to replace it."
    case .missing(let path): "There is no file \(path)."
    case .beingWritten(let path): "Another backup to \(path) is under way. Wait for it, or give another name."
    case .noRoom(let path, let needed, let free):
      "The disk of \(path) has \(ByteCount(free)) free and \(ByteCount(needed)) are needed. Free space, or use another disk. "
        + "Nothing was written."
    case .cannotWrite(let path, let detail):
      "Cannot write \(path): \(detail). Check that the directory exists and that this user may write to it."
    case .unreadable(let path, let detail): "\(path) cannot be read as a database: \(detail)."
    case .logTooLong(let bytes):
      "The database's log has grown to \(ByteCount(bytes)) while it was held back for the copy. The copy was given up, so that the disk "
        + "does not fill. Try again at a calmer hour."
    case .notWhole(let path, let problems):
      "\(path) is not whole: \(problems.joined(separator: "; ")). `mpesad check --full` says whether the database in use is damaged."
    case .inUse(let path):
      "Another program has \(path) open, a backup for instance. Wait until it is done, then try again. Nothing was changed."
    }
  }
}
