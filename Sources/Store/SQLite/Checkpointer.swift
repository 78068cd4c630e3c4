import CSQLite
import Foundation
import GRDB
import GRDBSQLite

/// Copies the log into the database from its own connection and thread, beside the writer, when a ``CheckpointPlan`` says so.
///
/// Only passive checkpoints run: they take no lock that the writer needs. Others become passive where the writer is busy, and then may be
/// overtaken by it. When the log is long, the writer is held between two batches for a last one, which copies what came since; the next
/// commit then begins the log anew.
final class Checkpointer: @unchecked Sendable {
  /// What it tells the writer.
  struct Reports: Sendable {
    var tell: @Sendable (StoreNotice) -> Void
    /// The database must not be used any more by this process, for this reason.
    var end: @Sendable (DatabaseEnding) -> Void
  }

  private let path: String
  private let connection: OpaquePointer
  private let interval: Double
  private let reports: Reports
  private let condition = MonotonicCondition()
  private var plan: CheckpointPlan
  /// Runs its argument while the writer is held; nil until there is a writer.
  private var hold: ((() -> Void) -> Void)?
  private var stopping = false
  private var isRunning = false
  private var isFailing = false
  /// Whether it has found that this process must not use the database any more.
  private var hasEnded = false
  private var isClosed = false

  /// Opens its connection.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  init(path: String, options: SQLiteOptions, reports: Reports) throws {
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard result == SQLITE_OK, let connection = opened else {
      sqlite3_close_v2(opened)
      throw Self.error(result, path)
    }
    sqlite3_extended_result_codes(connection, 1)
    // Reads the header too: without it the connection would not know that there is a log, and call every checkpoint of nothing a success.
    let prepared = sqlite3_exec(
      connection, "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL; SELECT count(*) FROM sqlite_schema", nil,
      nil,
      nil)
    guard prepared == SQLITE_OK else {
      _ = mpesad_sqlite3_keep_log_at_close(UnsafeMutableRawPointer(connection), 1)
      sqlite3_close_v2(connection)
      throw Self.error(prepared, path)
    }
    self.path = path
    self.connection = connection
    self.reports = reports
    interval = options.checkpointInterval
    plan = CheckpointPlan(restartAbove: options.restartLogAboveFrames)
  }

  private static func error(_ result: Int32, _ path: String) -> StoreError {
    let detail = ErrorText.of(DatabaseError(resultCode: ResultCode(rawValue: result)))
    switch result & 0xFF {
    case SQLITE_CORRUPT, SQLITE_NOTADB: return .damaged(path: path, detail: detail)
    default: return .cannotOpen(path: path, detail: detail)
    }
  }

  /// Whether another file has the database's name than the one that is open.
  var isDatabaseMoved: Bool {
    var isMoved: Int32 = 0
    return sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &isMoved) == SQLITE_OK && isMoved != 0
  }

  /// Whether this process must not use the database any more, by what a checkpoint has found.
  var endsUse: Bool {
    condition.lock()
    defer { condition.unlock() }
    return hasEnded
  }

  /// The moment that a commit notes at its beginning.
  var moment: UInt64 {
    condition.lock()
    defer { condition.unlock() }
    return plan.moment
  }

  /// A commit ended that wrote frames.
  func committed(frames: Int, began: UInt64) {
    condition.lock()
    let could = plan.mayBeginHeld
    plan.committed(frames: frames, began: began)
    if !could && plan.mayBeginHeld { condition.signal() }
    condition.unlock()
  }

  /// Copies the whole log. To be called before the thread starts, while nobody writes.
  /// - Throws: ``StoreError/unavailable(detail:)`` where something could not be read or synced, ``StoreError/damaged(path:detail:)``.
  func copyAll() throws {
    let (result, frames, _) = checkpoint()
    switch result & 0xFF {
    case SQLITE_OK where frames < 0:
      throw StoreError.unavailable(detail: "the database has no log, although it is to have one")
    case SQLITE_OK, SQLITE_BUSY: return
    // The log is durable as it is, and goes on to be used.
    case SQLITE_FULL: reports.tell(.checkpointFailed(detail: words(result)))
    case SQLITE_CORRUPT, SQLITE_NOTADB: throw StoreError.damaged(path: path, detail: words(result))
    default: throw StoreError.unavailable(detail: "the log cannot be copied into the database: \(words(result))")
    }
  }

  /// Begins to copy.
  /// - Parameter hold: runs its argument while the writer is held between two batches.
  func start(hold: @escaping (() -> Void) -> Void) {
    condition.lock()
    self.hold = hold
    isRunning = true
    condition.unlock()
    let thread = Thread { [self] in loop() }
    thread.name = "checkpointer"
    thread.start()
  }

  /// Ends the thread, copies what is left and closes the connection. As the last one to close it removes the log.
  ///
  /// Where copying fails, and where `leavesLog` says so, the log stays for the next start as it is.
  func stop(leavesLog: Bool = false) {
    condition.lock()
    guard !isClosed else {
      condition.unlock()
      return
    }
    (stopping, isClosed) = (true, true)
    condition.broadcast()
    while isRunning { condition.wait() }
    var keeps = leavesLog || hasEnded
    condition.unlock()
    if !keeps {
      let (result, _, _) = checkpoint()
      keeps = result != SQLITE_OK && result != SQLITE_BUSY
      if keeps { reports.tell(.checkpointFailed(detail: words(result))) }
    }
    if keeps { _ = mpesad_sqlite3_keep_log_at_close(UnsafeMutableRawPointer(connection), 1) }
    sqlite3_close_v2(connection)
  }

  /// Ends the thread and touches the database no more; the connection stays open until the process ends.
  func abandon() {
    condition.lock()
    stopping = true
    condition.broadcast()
    condition.unlock()
  }

  private func loop() {
    while waitUntilDue() {
      pass()
      pause()
    }
    condition.lock()
    isRunning = false
    condition.broadcast()
    condition.unlock()
  }

  private func waitUntilDue() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !plan.mayBeginHeld && !stopping { condition.wait() }
    return !stopping
  }

  /// Rests between two passes. While the log is longer than it is to be, readers kept it from beginning anew, and the next try comes soon.
  private func pause() {
    condition.lock()
    let end = MonotonicCondition.moment(in: plan.isLong ? interval / 2 : interval)
    while !stopping, condition.wait(until: end) {}
    condition.unlock()
  }

  private func pass() {
    condition.lock()
    let mayBegin = plan.mayBegin
    condition.unlock()
    var copied = 0
    if mayBegin {
      let (result, _, all) = checkpoint()
      guard report(result) else { return }
      copied = all
    }
    condition.lock()
    let (hold, shouldHold) = (self.hold, (!mayBegin || plan.shouldHold(copied: copied)) && !stopping)
    condition.unlock()
    guard shouldHold, let hold, report(syncDatabase()) else { return }
    hold { [self] in
      // What came since the pass above is little. Where nothing came, the next commit begins the log anew as it is.
      condition.lock()
      let mayBegin = plan.mayBeginHeld
      condition.unlock()
      if mayBegin { _ = report(checkpoint().result) }
    }
  }

  private func checkpoint() -> (result: Int32, frames: Int, copied: Int) {
    var frames: Int32 = 0
    var copied: Int32 = 0
    condition.lock()
    plan.begin()
    condition.unlock()
    let result = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied)
    condition.lock()
    plan.finish(frames: Int(frames), copied: result == SQLITE_OK ? Int(copied) : nil)
    condition.unlock()
    return (result, Int(frames), Int(copied))
  }

  /// Syncs what earlier passes have copied, so that the pass that holds the writer has little to sync.
  private func syncDatabase() -> Int32 {
    var pointer: UnsafeMutablePointer<sqlite3_file>?
    let result = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &pointer)
    guard result == SQLITE_OK, let pointer, let methods = pointer.pointee.pMethods, let sync = methods.pointee.xSync
    else { return result }
    return sync(pointer, SQLITE_SYNC_NORMAL)
  }

  /// Says what a result means.
  /// - Returns: whether all is well.
  private func report(_ result: Int32) -> Bool {
    switch result & 0xFF {
    case SQLITE_OK:
      isFailing = false
      return true
    case SQLITE_BUSY, SQLITE_LOCKED: return false
    case SQLITE_CORRUPT, SQLITE_NOTADB: end(.damaged(detail: words(result)))
    default:
      if Self.failedSyncs.contains(result) {
        // Pages of earlier, partial passes may be among those that the kernel calls clean now. Only a new start copies them again.
        end(.outcomeUnknown(detail: "a sync of the database failed: \(words(result))"))
      } else if !isFailing {
        isFailing = true
        reports.tell(.checkpointFailed(detail: words(result)))
      }
    }
    return false
  }

  /// Nothing more is copied, and before the next commit the writer hears of it.
  private func end(_ ending: DatabaseEnding) {
    condition.lock()
    hasEnded = true
    stopping = true
    condition.unlock()
    reports.end(ending)
  }

  /// SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC.
  private static let failedSyncs: Set<Int32> = [SQLITE_IOERR | (4 << 8), SQLITE_IOERR | (5 << 8)]

  private func words(_ result: Int32) -> String {
    ErrorText.of(DatabaseError(resultCode: ResultCode(rawValue: result)))
  }
}
