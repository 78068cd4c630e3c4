import GRDB
public import Logging

/// The SQLite engine: one database in WAL mode with every commit synced, one writer with group commit, readers of their own.
///
/// Open one per state directory and process.
public final class SQLiteStore: PaymentStore {
  public let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation
  public let outboxAdditions: AsyncStream<Void>
  private let outboxAdded: AsyncStream<Void>.Continuation
  private let lock: StateDirectoryLock
  private let pool: DatabasePool
  let writer: Writer
  private let checkpointer: Checkpointer

  /// Opens the database in a state directory, brings its schema up to date, and takes in what a crash left in the spool.
  ///
  /// - Parameters:
  ///   - directory: an existing directory; `mpesad.db`, its log, the lock and the spool live in it.
  ///   - options: sizes and limits.
  ///   - tell: called with what happens on the way to the disk, for the log.
  /// - Throws: ``StoreError`` when another process has the directory, the schema is newer than this program, SQLite does not sync every
  ///   commit, or something cannot be opened.
  public init(
    directory: String, options: SQLiteOptions = SQLiteOptions(), tell: @escaping @Sendable (StoreNotice) -> Void
  )
    throws
  {
    lock = try StateDirectoryLock(directory: directory)
    let path = directory + "/mpesad.db"
    pool = try SQLiteOpening.open(path: path)
    let checkpointer = try Checkpointer(path: path, options: options, tell: tell)
    self.checkpointer = checkpointer
    let (stream, arrived) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.arrivals = stream
    self.arrived = arrived
    (outboxAdditions, outboxAdded) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let spool = SQLiteOpening.spool(
      path: directory + "/emergency.spool", bytes: options.spoolBytes, pool: pool, tell: tell)
    writer = Writer(pool: pool, spool: spool, options: options, tell: tell) { _ in
      checkpointer.wake()
      arrived.yield()
    }
    arrived.yield()
  }

  /// The same, with what happens on the way to the disk in a log.
  public convenience init(directory: String, options: SQLiteOptions = SQLiteOptions(), logger: Logger) throws {
    try self.init(directory: directory, options: options) { logger.tell($0) }
  }

  /// What the writer has done since it started.
  public var statistics: WriterStatistics { writer.statistics }

  public func close() async {
    arrived.finish()
    outboxAdded.finish()
    writer.stop()
    // The connection that closes last copies what is left of the log, and only a writing one can: GRDB's pool closes its readers last.
    // If that fails the log stays, and the next start reads it.
    try? pool.close()
    checkpointer.stop()
    lock.release()
  }

  func write<Value: Sendable>(
    _ urgency: Writer.Urgency = .prompt, guarded: Bool = true, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await writer.perform(urgency, guarded: guarded, body)
    } catch {
      throw ErrorText.storeError(error, at: pool.path)
    }
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await pool.read(body)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_MISUSE {
      // What GRDB says of a pool that was closed.
      throw StoreError.closed
    } catch {
      throw ErrorText.storeError(error, at: pool.path)
    }
  }

  /// Has the workers look again, although nothing came in.
  func wakeWorkers() { arrived.yield() }

  /// Has the notifier look: there is something to tell.
  func wakeNotifier() { outboxAdded.yield() }

  public func notifyAfterAnswers(_ notify: @escaping @Sendable () -> Void) -> Bool {
    writer.notifyAfterAnswers(notify)
    return true
  }

  public func append(_ delivery: NewDelivery, then: @escaping @Sendable (Result<Acceptance, StoreError>) -> Void) {
    writer.append(WriteQueue.Append(delivery: delivery, then: then))
  }
}
