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
  /// Nanoseconds between attempts to make a spool where there is none.
  static let spoolRetryInterval: UInt64 = 5_000_000_000

  /// What became of a batch.
  struct Outcome {
    enum Appends {
      case stored([Acceptance])
      case spooled
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
  private var isSpooling = false
  private var isRefusing = false
  private var isFilling = false
  private var spoolTrouble: String?
  private var spoolRetryAt: UInt64
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
  func end(_ ending: DatabaseEnding) -> Bool { health.end(ending) }

  /// Whether a database is open, in whatever state it is.
  var isOpen: Bool { database != nil }

  /// Whether something waits that the next attempt would bring into the database.
  var hasWaiting: Bool { !(spool?.waiting.isEmpty ?? true) }

  /// Makes a batch durable; an empty one takes in what the spool holds.
  func run(_ batch: WriteQueue.Batch, pace: inout BackgroundPace) -> Outcome {
    let now = DispatchTime.now().uptimeNanoseconds
    guard health.mayTry(now: now), let database else { return spooled(batch) }
    if let difference = missingFile(database) {
      displaced(difference, now: now)
      return spooled(batch)
    }
    _ = spoolInPlace()
    var outcome = Outcome()
    var taken = 0
    let isRetry = health.failure != nil
    do {
      taken = try takeInSpool(database)
      if !batch.isEmpty {
        let (acceptances, verdicts) = try database.write(isRetry: isRetry) { db in
          try BatchTransaction.run(batch, on: db, pace: &pace)
        }
        outcome.appends = .stored(acceptances)
        outcome.jobs = verdicts
      }
      outcome.committed = taken + batch.appends.count
    } catch {
      outcome = failed(batch, CommitFailure(error))
      outcome.committed = taken > 0 ? taken : nil
      return outcome
    }
    // What was committed into files that nobody will find again is not durable.
    if let difference = missingFile(database) {
      displaced(difference, now: DispatchTime.now().uptimeNanoseconds)
      return spooled(batch, outcomeIsUnknown: true)
    }
    if health.committed() {
      isSpooling = false
      isRefusing = false
      tell(.databaseRecovered)
    }
    return outcome
  }

  /// What of database, log and lock is not in place. A lock file that was removed is made anew, if nobody else has it.
  private func missingFile(_ database: OpenDatabase) -> String? {
    if let difference = database.files.difference { return difference }
    guard let lock, !lock.isInPlace else { return nil }
    return lock.renew() ? nil : "\(lock.path) was taken by another process"
  }

  private func displaced(_ difference: String, now: UInt64) {
    if health.displaced(difference, now: now) { tell(.filesDisplaced(detail: difference)) }
  }

  /// Takes in what the spool holds, in order, before anything newer.
  /// - Returns: how many callbacks came in.
  private func takeInSpool(_ database: OpenDatabase) throws -> Int {
    guard let spool, !spool.waiting.isEmpty else { return 0 }
    var callbacks = 0
    while !spool.waiting.isEmpty {
      let records = spool.waiting.prefix(Self.mostTakenAtOnce)
      let taken = try database.write(isRetry: health.failure != nil) { db in
        try BatchTransaction.takeIn(records, of: spool.identity, on: db)
      }
      spool.took(records.count)
      callbacks += taken.callbacks
    }
    isFilling = false
    tell(.spoolDrained(deliveries: callbacks))
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
    return spooled(batch, outcomeIsUnknown: true)
  }

  /// Callbacks get their second chance on the spool, the rest is told.
  private func spooled(_ batch: WriteQueue.Batch, outcomeIsUnknown: Bool = false) -> Outcome {
    var outcome = Outcome()
    let detail = health.failure ?? "the database does not commit"
    let refusal = outcomeIsUnknown ? StoreError.outcomeUnknown(detail: detail) : StoreError.unavailable(detail: detail)
    let callbacks = batch.appends.map { SpoolEntry.callback($0.delivery) }
    let notes = outcomeIsUnknown ? batch.jobs.compactMap { $0.ifUnknown?() } : []
    outcome.jobs = batch.jobs.map { _ in refusal }
    // Without room for the notes too, the callbacks come first: a push that is not noted is asked about after the restart.
    if append(callbacks + notes) || (!notes.isEmpty && append(callbacks)) {
      outcome.appends = .spooled
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

  private func append(_ entries: [SpoolEntry]) -> Bool {
    guard !entries.isEmpty else { return true }
    guard let spool = spoolInPlace() else { return false }
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
      if let database {
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
    if health.mayClose { database.close() } else { database.abandon() }
    self.database = nil
  }
}
