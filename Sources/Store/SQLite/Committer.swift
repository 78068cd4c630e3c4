import Dispatch
import GRDB
import Payments

/// Makes batches durable, on the database or on the spool. Used by the writer's thread alone.
///
/// A batch is acknowledged only when its commit returned OK and database, log, lock and spool are still found under their names. Where the
/// database does not commit, callbacks go to the spool, and everything else is told why.
final class Committer {
  /// Records of the spool that one commit takes in: few enough that nobody waits for long.
  static let mostTakenAtOnce = 4_096
  /// Nanoseconds behind the look before an acknowledgement in which nothing is looked at before a commit.
  static let filesLookInterval: UInt64 = 2_000_000
  /// Nanoseconds between looks whether the spool is in place while nothing goes into it.
  static let spoolLookInterval: UInt64 = 250_000_000
  /// Nanoseconds between attempts to make a spool where there is none.
  static let spoolRetryInterval: UInt64 = 5_000_000_000

  /// Nanoseconds that taking in goes on before callers are answered.
  static let longestDrain: UInt64 = 500_000_000

  /// What became of a batch.
  struct Outcome {
    enum Appends {
      case stored([Acceptance])
      /// Those that prove nothing and for which their part of the spool had no room are refused, by their places in the batch.
      case spooled(refused: Set<Int>, StoreError)
      case refused(StoreError)
    }
    var appends = Appends.stored([])
    /// For each job its error, or nil.
    var jobs: [(any Error)?] = []
    /// Whether the database has committed, and how many callbacks came in with it, also out of the spool.
    var committed: Int?
  }

  private(set) var health: DatabaseHealth
  private(set) var spool: Spool?
  private var database: OpenDatabase?
  private let lock: StateDirectoryLock?
  private let tell: (StoreNotice) -> Void
  /// Makes a spool where there is none; nil where none is wanted.
  private let reopenSpool: (() throws -> Spool)?
  /// Whether more is to be taken in from the spool at once.
  private(set) var isDraining = false
  private var isSpooling = false
  private var isRefusing = false
  private var isFilling = false
  private var spoolTrouble: String?
  private var spoolRetryAt: UInt64
  private var spoolLookAt: UInt64 = 0
  private var filesLookAt: UInt64 = 0
  private let retryInterval: UInt64

  /// - Parameters:
  ///   - spoolTrouble: why there is no spool, where that was told already.
  ///   - reopenSpool: makes one where there is none; nil where none is wanted.
  init(
    spool: Spool?, lock: StateDirectoryLock? = nil, spoolTrouble: String? = nil,
    reopenSpool: (() throws -> Spool)? = nil, spoolRetryInterval: UInt64 = Committer.spoolRetryInterval,
    tell: @escaping (StoreNotice) -> Void
  ) {
    health = DatabaseHealth()
    self.spool = spool
    self.lock = lock
    self.reopenSpool = reopenSpool
    self.spoolTrouble = spoolTrouble
    retryInterval = spoolRetryInterval
    spoolRetryAt = spoolTrouble == nil ? 0 : DispatchTime.now().uptimeNanoseconds + spoolRetryInterval
    self.tell = tell
  }

  /// The database could not be opened yet.
  func notOpened(_ detail: String) { health.notOpened(detail) }

  /// Goes on with a database that was opened.
  func adopt(_ database: OpenDatabase) {
    self.database = database
    health.opened()
    if let spool { spool.know(database.spoolPositions[spool.identity]) }
  }

  /// Uses the database no more. What this leads to is the owner's business.
  /// - Returns: true when this is news.
  func end(_ ending: DatabaseEnding) -> Bool {
    database?.checkpointer?.abandon()
    return health.end(ending)
  }

  /// Whether a database is open, in whatever state it is.
  var isOpen: Bool { database != nil }

  /// Whether attempts without any work make sense: something waits in the spool, or it is to be found out whether the database commits again.
  var wantsAttempts: Bool { health.isTried && (!(spool?.waiting.isEmpty ?? true) || health.failure != nil) }

  /// Makes a batch durable; an empty one takes in what the spool holds.
  func run(_ batch: WriteQueue.Batch, pace: inout BackgroundPace) -> Outcome {
    let now = DispatchTime.now().uptimeNanoseconds
    isDraining = false
    guard health.mayTry(now: now), let database else { return spooled(batch) }
    // Under load the look behind the last batch is young enough: what is written now is looked at before it is acknowledged.
    if now >= filesLookAt || health.isDisplaced, let difference = missingFile(database) {
      displaced(difference, database, now: now)
      return spooled(batch)
    }
    if health.isDisplaced {
      // Readers may have opened what stood in their place meanwhile: only a new process knows that it has the right files.
      _ = health.end(.outcomeUnknown(detail: "files of the database were gone from their place, and are back"))
      return spooled(batch)
    }
    if now >= spoolLookAt {
      spoolLookAt = now + Self.spoolLookInterval
      _ = spoolInPlace()
    }
    var outcome = Outcome()
    var taken = 0
    do {
      taken = try takeInSpool(database, until: now + Self.longestDrain)
      // The rest comes next. Nobody waits for it: what came later may stand before it.
      isDraining = !(spool?.waiting.isEmpty ?? true)
      if !batch.isEmpty {
        let isRetry = health.failure != nil
        let (acceptances, verdicts) = try database.write(isRetry: isRetry) { db in
          try BatchTransaction.run(batch, on: db, pace: &pace)
        }
        outcome.appends = .stored(acceptances)
        outcome.jobs = verdicts
      } else if health.failure != nil && taken == 0 {
        try database.write(isRetry: true) { db in try BatchTransaction.probe(db) }
      }
      outcome.committed = taken + batch.appends.count
      // What was committed into files that nobody will find again is not durable.
      try requireFiles(database)
      filesLookAt = now + Self.filesLookInterval
    } catch let error as DisplacedError {
      displaced(error.difference, database, now: DispatchTime.now().uptimeNanoseconds)
      outcome = spooled(batch, outcomeIsUnknown: true)
      outcome.committed = taken > 0 ? taken : nil
      return outcome
    } catch {
      outcome = failed(batch, CommitFailure(error))
      outcome.committed = taken > 0 ? taken : nil
      return outcome
    }
    if health.committed() {
      isSpooling = false
      isRefusing = false
      tell(.databaseRecovered)
    }
    return outcome
  }

  /// Files were gone from their place after a commit.
  private struct DisplacedError: Error { var difference: String }

  private func requireFiles(_ database: OpenDatabase) throws {
    if let difference = missingFile(database) { throw DisplacedError(difference: difference) }
  }

  /// What of database, log and lock is not in place. A lock file that was removed is made anew, if nobody else has it.
  private func missingFile(_ database: OpenDatabase) -> String? {
    if let difference = database.difference { return difference }
    guard let lock, !lock.isInPlace else { return nil }
    return lock.renew() ? nil : "\(lock.path) was taken by another process"
  }

  private func displaced(_ difference: String, _ database: OpenDatabase, now: UInt64) {
    database.shelterLog()
    if health.displaced(difference, now: now) { tell(.filesDisplaced(detail: difference)) }
  }

  /// Takes in what the spool holds, in order and before anything newer, part by part until the time is up.
  /// - Returns: how many callbacks came in.
  private func takeInSpool(_ database: OpenDatabase, until end: UInt64) throws -> Int {
    guard let spool, !spool.waiting.isEmpty else { return 0 }
    var callbacks = 0
    defer { if callbacks > 0 { tell(.spoolDrained(deliveries: callbacks)) } }
    repeat {
      let records = spool.waiting.prefix(Self.mostTakenAtOnce)
      let taken = try database.write(isRetry: health.failure != nil) { db in
        try BatchTransaction.takeIn(records, of: spool.identity, on: db)
      }
      // Only then may the spool call them void.
      try requireFiles(database)
      spool.took(records.count)
      callbacks += taken.callbacks
    } while !spool.waiting.isEmpty && DispatchTime.now().uptimeNanoseconds < end
    isFilling = false
    return callbacks
  }

  private func failed(_ batch: WriteQueue.Batch, _ failure: CommitFailure) -> Outcome {
    if health.failed(failure, now: DispatchTime.now().uptimeNanoseconds) {
      switch failure {
      case .undone(let detail): tell(.databaseFailed(detail: detail))
      // The owner of the writer tells of an end, since it has to carry it out.
      case .unknown, .damaged: break
      }
    }
    if case .undone = failure { return spooled(batch) }
    database?.checkpointer?.abandon()
    return spooled(batch, outcomeIsUnknown: true)
  }

  /// Callbacks get their second chance on the spool, the rest is told.
  private func spooled(_ batch: WriteQueue.Batch, outcomeIsUnknown: Bool = false) -> Outcome {
    var outcome = Outcome()
    let detail = health.failure ?? "the database does not commit"
    let refusal = outcomeIsUnknown ? StoreError.outcomeUnknown(detail: detail) : StoreError.unavailable(detail: detail)
    let refused = beyondShare(batch)
    let callbacks = batch.appends.enumerated().filter { !refused.contains($0.offset) }
      .map { SpoolEntry.callback($0.element.delivery) }
    let notes = outcomeIsUnknown ? batch.jobs.compactMap { $0.ifUnknown?() } : []
    outcome.jobs = batch.jobs.map { _ in refusal }
    // Without room for the notes too, the callbacks come first: a push that is not noted is asked about after the restart.
    if append(callbacks + notes) || (!notes.isEmpty && append(callbacks)) {
      outcome.appends = .spooled(refused: refused, refusal)
      if !isSpooling && !callbacks.isEmpty {
        isSpooling = true
        tell(.spoolUsed)
      }
      tellIfFilling()
    } else {
      outcome.appends = .refused(refusal)
      // Once for each time of trouble: what is refused then is counted by those who refuse it.
      if !isRefusing && !callbacks.isEmpty {
        isRefusing = true
        tell(.callbacksRefused)
      }
    }
    return outcome
  }

  /// The callbacks of a batch that prove nothing and go beyond the part of the spool that such may take.
  private func beyondShare(_ batch: WriteQueue.Batch) -> Set<Int> {
    guard let spool else { return [] }
    var room = spool.unprovenRoom
    var refused: Set<Int> = []
    for (place, append) in batch.appends.enumerated() where append.delivery.token == nil {
      let bytes = SpoolRecord.headLength + SpoolEntry.callback(append.delivery).length
      if bytes <= room { room -= bytes } else { refused.insert(place) }
    }
    return refused
  }

  private func append(_ entries: [SpoolEntry]) -> Bool {
    guard !entries.isEmpty else { return true }
    // Without the lock on the directory another process may use the same spool.
    guard lock.map({ $0.isInPlace || $0.renew() }) ?? true, let spool = spoolInPlace() else { return false }
    return spool.append(entries) && spool.isInPlace
  }

  /// The spool. Where its file was removed, or could not be made before, a new one is made; what waited is written again.
  private func spoolInPlace() -> Spool? {
    if let spool, spool.isInPlace { return spool }
    let now = DispatchTime.now().uptimeNanoseconds
    guard let reopenSpool, now >= spoolRetryAt else { return nil }
    spoolRetryAt = now + retryInterval
    do {
      let new = try reopenSpool()
      if let database, !health.isDisplaced {
        new.know(try database.pool.read { try SpoolMarks.position(of: new.identity, $0) })
      }
      let waiting = spool?.waiting.map(\.entry) ?? []
      guard waiting.isEmpty || new.append(waiting) else {
        throw StoreError.unavailable(detail: "what the removed file held has no room in a new one")
      }
      if spoolTrouble != nil || spool != nil { tell(.spoolReplaced) }
      spool = new
      spoolTrouble = nil
      return new
    } catch {
      let detail = "\(error)"
      if spoolTrouble != detail { tell(.spoolMissing(detail: detail)) }
      spoolTrouble = detail
      return nil
    }
  }

  private func tellIfFilling() {
    guard let spool, !isFilling, spool.usedBytes > spool.roomBytes / 4 * 3 else { return }
    isFilling = true
    tell(.spoolFilling(used: spool.usedBytes, of: spool.roomBytes))
  }

  /// Lets go of the database: closes it where that is safe.
  func close() {
    guard let database else { return }
    if health.mayClose && missingFile(database) == nil { database.close() } else { database.abandon() }
    self.database = nil
  }
}
