import Foundation
import GRDBSQLite

/// Copies the log into the database from its own connection and thread, so that no commit ever waits for it for long.
///
/// Passive checkpoints take no lock that the writer needs. Just after one, little is left to copy, and the log can be restarted cheaply.
final class Checkpointer: @unchecked Sendable {
  /// How long a restart may wait for the writer between two batches, in milliseconds; if it does not get in, the next one will.
  private static let restartPatience: Int32 = 50

  private let connection: OpaquePointer
  private let options: SQLiteOptions
  private let tell: @Sendable (StoreNotice) -> Void
  private let condition = NSCondition()
  private var dirty = false
  private var stopping = false
  private var stopped = false

  init(path: String, options: SQLiteOptions, tell: @escaping @Sendable (StoreNotice) -> Void) throws {
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard result == SQLITE_OK, let connection = opened else {
      throw StoreError.cannotOpen(path: path, detail: String(cString: sqlite3_errstr(result)))
    }
    sqlite3_busy_timeout(connection, Self.restartPatience)
    sqlite3_exec(connection, "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL", nil, nil, nil)
    self.connection = connection
    self.options = options
    self.tell = tell
    let thread = Thread { [self] in loop() }
    thread.name = "checkpointer"
    thread.start()
  }

  /// The log has grown.
  func wake() {
    condition.lock()
    if !dirty {
      dirty = true
      condition.signal()
    }
    condition.unlock()
  }

  /// Copies what is left and ends the thread. If this is the last connection to close, the log is removed.
  func stop() {
    condition.lock()
    stopping = true
    condition.broadcast()
    while !stopped { condition.wait() }
    condition.unlock()
  }

  private func loop() {
    while waitUntilDirty() {
      checkpoint()
      Thread.sleep(forTimeInterval: options.checkpointInterval)
    }
    checkpoint()
    sqlite3_close_v2(connection)
    condition.lock()
    stopped = true
    condition.broadcast()
    condition.unlock()
  }

  private func waitUntilDirty() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !dirty && !stopping { condition.wait() }
    dirty = false
    return !stopping
  }

  private func checkpoint() {
    var frames: Int32 = 0
    var copied: Int32 = 0
    var result = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied)
    if result == SQLITE_OK, Int(frames) > options.restartLogAboveFrames {
      result = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_RESTART, &frames, &copied)
    }
    if result != SQLITE_OK && result != SQLITE_BUSY && result != SQLITE_LOCKED {
      tell(.checkpointFailed(detail: String(cString: sqlite3_errmsg(connection))))
    }
  }
}
