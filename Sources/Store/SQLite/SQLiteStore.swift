import Foundation
import GRDB
public import Logging
import Payments
import Synchronization

/// The SQLite engine: one database in WAL mode with every commit synced, one writer with group commit, readers of their own.
///
/// Open one per state directory and process.
public final class SQLiteStore: PaymentStore {
  public let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation
  public let outboxAdditions: AsyncStream<Void>
  private let outboxAdded: AsyncStream<Void>.Continuation
  let writer: Writer
  let unprovenBudget: UnprovenBudget
  private let lock: StateDirectoryLock
  private let opener = DatabaseOpener()
  let use: DatabaseUse
  /// Where the nonces of new orders and transactions come from.
  let nonces: @Sendable () -> Nonce

  /// Opens the database in a state directory, brings its schema up to date, and takes in what a crash left in the spool.
  ///
  /// - Parameters:
  ///   - directory: an existing directory; `mpesad.db`, its log, the lock and the spool live in it.
  ///   - options: sizes and limits.
  ///   - beforeUse: called when the database is open, before anything is stored in it; what it throws keeps it from being used.
  ///   - tell: called with what happens on the way to the disk, for the log.
  /// - Throws: ``StoreError`` when another process has the directory, the schema is newer than this program, or SQLite does not sync every
  ///   commit; where the options need a database, also when it cannot be used now.
  public init(
    directory: String, options: SQLiteOptions = SQLiteOptions(), beforeUse: @escaping @Sendable () throws -> Void = {},
    tell: @escaping @Sendable (StoreNotice) -> Void
  )
    throws
  {
    let lock = try StateDirectoryLock(directory: directory)
    self.lock = lock
    unprovenBudget = options.unprovenBudget
    let place = SpoolPlace(directory: directory, elsewhere: options.spoolDirectory)
    let (arrivals, arrived) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    (self.arrivals, self.arrived) = (arrivals, arrived)
    (outboxAdditions, outboxAdded) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let use = DatabaseUse(directory: directory, tell: tell)
    self.use = use
    nonces = options.nonces
    let (spool, spoolTrouble) = Self.spool(place, options, tell)
    let committer = Committer(
      spool: spool, lock: lock, spoolTrouble: spoolTrouble,
      reopenSpool: options.spoolBytes > 0 ? { try SQLiteOpening.spool(place, bytes: options.spoolBytes) } : nil,
      tell: tell)
    let writer = Writer(
      committer: committer, options: options,
      reports: Writer.Reports(
        tell: tell, committed: { _ in arrived.yield() }, ended: { use.end($0) }, displaced: { use.rescue() }))
    self.writer = writer
    use.setEnd { writer.end($0) }
    let open: @Sendable () throws -> Void = {
      let database = try SQLiteOpening.open(
        place, options: options,
        reports: Checkpointer.Reports(tell: tell, end: { writer.end($0) }))
      do {
        try beforeUse()
      } catch {
        database.discard()
        throw error
      }
      writer.adopt(database)
      use.opened(database)
      arrived.yield()
    }
    do {
      try open()
    } catch {
      guard !options.needsDatabase, Self.mayPass(error) else {
        writer.stop()
        lock.release()
        throw error
      }
      writer.notOpened("\(error)")
      tell(.databaseUnusable(detail: "\(error)"))
      opener.start { Self.attempt(open, writer, tell) }
    }
  }

  /// The same, with what happens on the way to the disk in a log.
  public convenience init(directory: String, options: SQLiteOptions = SQLiteOptions(), logger: Logger) throws {
    try self.init(directory: directory, options: options) { logger.tell($0) }
  }

  /// The spool is a second chance, not a condition: without room for it the service still starts, and says so.
  private static func spool(
    _ place: SpoolPlace, _ options: SQLiteOptions, _ tell: (StoreNotice) -> Void
  ) -> (Spool?, trouble: String?) {
    // Without room for one, an existing one is still opened: it may hold callbacks that were acknowledged.
    guard options.spoolBytes > 0 || FileIdentity(path: place.path) != nil else { return (nil, nil) }
    do {
      let spool = try SQLiteOpening.spool(place, bytes: options.spoolBytes)
      if spool.damage.parts > 0 { tell(.spoolDamaged(parts: spool.damage.parts, bytes: spool.damage.bytes)) }
      return (spool, nil)
    } catch {
      tell(.spoolMissing(detail: "\(error)"))
      return (nil, "\(error)")
    }
  }

  /// Whether an error may pass by itself, or by what an operator does while the service goes on.
  private static func mayPass(_ error: any Error) -> Bool {
    switch error {
    case StoreError.newerSchema, StoreError.notDurable: false
    default: true
    }
  }

  /// Tries to open once more.
  /// - Returns: true when that succeeded.
  private static func attempt(
    _ open: () throws -> Void, _ writer: Writer, _ tell: (StoreNotice) -> Void
  ) -> Bool {
    do {
      try open()
      tell(.databaseOpened)
      return true
    } catch {
      let detail = "\(error)"
      if writer.path.failure != detail { tell(.databaseUnusable(detail: detail)) }
      writer.notOpened(detail)
      return false
    }
  }

  /// What the writer has done since it started.
  public var statistics: WriterStatistics { writer.statistics }

  public func whenOpen() async throws { try await use.whenOpen() }

  /// Waits until this process must end, since it is not known what the disk has.
  /// - Returns: why; nil where the task is cancelled or the store closes before.
  public func ending() async -> StoreError? { await use.ending() }

  public func close() async {
    arrived.finish()
    outboxAdded.finish()
    opener.stop()
    use.close()
    writer.stop()
    // Where the database stays open until the process ends, so does the lock on it.
    if !use.hasEnded { lock.release() }
  }

  func write<Value: Sendable>(
    _ urgency: Writer.Urgency = .prompt, guarded: Bool = true,
    ifUnknown: (@Sendable (Value) -> SpoolEntry?)? = nil, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await writer.perform(urgency, guarded: guarded, ifUnknown: ifUnknown, body)
    } catch {
      throw ErrorText.storeError(error, at: use.path)
    }
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    guard !writer.isDisplaced, let pool = use.pool else {
      throw StoreError.unavailable(detail: writer.path.failure ?? "the database is not open")
    }
    do {
      return try await pool.read(body)
    } catch let error as DatabaseError {
      switch error.resultCode {
      // What GRDB says of a pool that was closed.
      case .SQLITE_MISUSE: throw StoreError.closed
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        let detail = ErrorText.of(error)
        writer.end(.damaged(detail: detail))
        throw StoreError.damaged(path: use.path, detail: detail)
      default: throw ErrorText.storeError(error, at: use.path)
      }
    } catch {
      throw ErrorText.storeError(error, at: use.path)
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
