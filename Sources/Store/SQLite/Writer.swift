import Foundation
import GRDB

/// The one thread that writes: it runs what has gathered in one transaction, and answers each after the commit.
///
/// Load makes batches bigger, not latency. Deliveries come first in every batch. While the database cannot commit, deliveries go to the
/// spool, and everything else is told so.
final class Writer: @unchecked Sendable {
  /// Who may wait for whom.
  enum Urgency { case prompt, background }

  private let pool: DatabasePool
  private let spool: Spool?
  private let options: SQLiteOptions
  private let tell: @Sendable (StoreNotice) -> Void
  private let committed: @Sendable (_ deliveries: Int) -> Void
  private let condition = NSCondition()
  private var queue = WriteQueue()
  private var pace = BackgroundPace()
  private var health = WriterHealth.well
  private var isRefusing = false
  private var isSpooling = false
  private var spoolIsStuck = false
  private var stopping = false
  private var stopped = false
  private var counts = WriterStatistics()
  private var listeners: [@Sendable () -> Void] = []
  /// The writer's own view of database and spool, left here for others between two batches.
  private var noted = WritePathState()
  private var busySince: UInt64?

  /// - Parameters:
  ///   - tell: called on the writer's thread with what happens on the way to the disk.
  ///   - committed: called on the writer's thread after each commit, with the number of deliveries in it.
  init(
    pool: DatabasePool, spool: Spool?, options: SQLiteOptions, tell: @escaping @Sendable (StoreNotice) -> Void,
    committed: @escaping @Sendable (_ deliveries: Int) -> Void
  ) {
    self.pool = pool
    self.spool = spool
    self.options = options
    self.tell = tell
    self.committed = committed
    let thread = Thread { [self] in loop() }
    thread.name = "writer"
    thread.start()
  }

  /// Calls `notify` on the writer's thread each time after the answers of one batch were given.
  func notifyAfterAnswers(_ notify: @escaping @Sendable () -> Void) {
    condition.lock()
    listeners.append(notify)
    condition.unlock()
  }

  private func answersGiven() {
    condition.lock()
    let listeners = self.listeners
    condition.unlock()
    for notify in listeners { notify() }
  }

  /// What it has done so far.
  var statistics: WriterStatistics {
    condition.lock()
    defer { condition.unlock() }
    return counts
  }

  /// How the way to the disk is doing.
  var path: WritePathState {
    condition.lock()
    defer { condition.unlock() }
    var path = noted
    path.waiting = queue.count
    path.isClosed = stopping
    path.busyFor = busySince.map { .nanoseconds(Int64(DispatchTime.now().uptimeNanoseconds - $0)) }
    return path
  }

  func append(_ append: WriteQueue.Append) {
    condition.lock()
    let refusal: StoreError? =
      stopping ? .closed : queue.appends.count >= options.maximumWaitingAppends ? .overloaded : nil
    if refusal == nil {
      queue.appends.append(append)
      if queue.appends.count == 1 { condition.signal() }
    }
    condition.unlock()
    if let refusal { append.then(.failure(refusal)) }
  }

  /// Runs `body` inside the next transaction that has room for it; returns after its commit.
  /// - Parameter guarded: give it a savepoint of its own. Without one, an error of its own undoes the whole batch.
  func perform<Value: Sendable>(
    _ urgency: Urgency, guarded: Bool, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let cell = Cell<Value>()
      enqueue(
        urgency,
        WriteQueue.Job(
          guarded: guarded, run: { db in cell.value = try body(db) },
          then: { error in
            if let value = cell.value, error == nil {
              continuation.resume(returning: value)
            } else {
              continuation.resume(throwing: error ?? StoreError.closed)
            }
          }))
    }
  }

  /// Finishes what was taken, refuses the rest, and ends the thread.
  func stop() {
    condition.lock()
    stopping = true
    condition.broadcast()
    while !stopped { condition.wait() }
    condition.unlock()
  }

  private func enqueue(_ urgency: Urgency, _ job: WriteQueue.Job) {
    condition.lock()
    let refusal: StoreError? = stopping ? .closed : queue.jobCount >= options.maximumWaitingJobs ? .overloaded : nil
    if refusal == nil {
      switch urgency {
      case .prompt: queue.prompt.append(job)
      case .background: queue.background.append(job)
      }
      if queue.jobCount == 1 || queue.prompt.count == 1 { condition.signal() }
    }
    condition.unlock()
    if let refusal { job.then(refusal) }
  }

  private func loop() {
    while let batch = takeBatch() { commit(batch) }
    condition.lock()
    stopped = true
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for work; while the spool holds something, no longer than until the next attempt to empty it.
  private func takeBatch() -> WriteQueue.Batch? {
    condition.lock()
    defer { condition.unlock() }
    busySince = nil
    noted = WritePathState(failure: health.failure, spoolBytes: spool?.usedBytes ?? 0)
    while true {
      let now = DispatchTime.now().uptimeNanoseconds
      if queue.hasWork(pace: pace, now: now, isLast: stopping) {
        busySince = now
        return queue.take(pace: &pace, now: now, isLast: stopping)
      }
      if stopping { return nil }
      if queue.count > 0 {
        _ = condition.wait(until: Date(timeIntervalSinceNow: BackgroundPace.nap))
      } else if let spool, !spool.deliveries.isEmpty {
        if !condition.wait(until: Date(timeIntervalSinceNow: WriterHealth.retryInterval)) {
          return WriteQueue.Batch()
        }
      } else {
        condition.wait()
      }
    }
  }

  private func commit(_ batch: WriteQueue.Batch) {
    var acceptances: [Acceptance] = []
    var verdicts: [(any Error)?] = []
    do {
      guard health.mayTry(now: DispatchTime.now().uptimeNanoseconds) else {
        throw StoreError.unavailable(detail: health.description)
      }
      try pool.writeWithoutTransaction { db in
        try takeInSpool(db)
        if batch.isEmpty { return }
        (acceptances, verdicts) = try BatchTransaction.run(batch, on: db, pace: &pace)
      }
      recovered()
    } catch {
      failed(batch, error)
      return
    }
    count(batch)
    for (append, acceptance) in zip(batch.appends, acceptances) { append.then(.success(acceptance)) }
    answersGiven()
    for (job, verdict) in zip(batch.jobs, verdicts) { job.then(verdict) }
    committed(batch.appends.count)
  }

  private func count(_ batch: WriteQueue.Batch) {
    condition.lock()
    counts.commits += 1
    if !batch.appends.isEmpty { counts.deliveryCommits += 1 }
    counts.deliveries += batch.appends.count
    condition.unlock()
  }

  /// The database has not committed this batch: deliveries get their second chance on the spool, the rest is told.
  private func failed(_ batch: WriteQueue.Batch, _ error: any Error) {
    let detail = if case StoreError.unavailable(let cause) = error { cause } else { ErrorText.of(error) }
    if health.fail(detail, now: DispatchTime.now().uptimeNanoseconds) {
      tell(.databaseFailed(detail: detail))
    }
    let refusal = StoreError.unavailable(detail: detail)
    if !batch.appends.isEmpty {
      if let spool, spool.append(batch.appends.map(\.delivery)) {
        if !isSpooling { tell(.spoolUsed) }
        isSpooling = true
        for append in batch.appends { append.then(.success(.spooled)) }
      } else {
        // Once for each time of trouble: what is refused then is counted by those who refuse it.
        if !isRefusing { tell(.callbacksRefused) }
        isRefusing = true
        for append in batch.appends { append.then(.failure(refusal)) }
      }
      answersGiven()
    }
    for job in batch.jobs { job.then(refusal) }
  }

  private func recovered() {
    guard health.recover() else { return }
    isRefusing = false
    isSpooling = false
    tell(.databaseRecovered)
  }

  /// Takes in what the spool holds, in order, before anything newer. One transaction, and one epoch, or none of it.
  private func takeInSpool(_ db: Database) throws {
    guard let spool else { return }
    if !spool.deliveries.isEmpty {
      let count = spool.deliveries.count
      try BatchTransaction.takeIn(spool, on: db)
      spool.taken()
      tell(.spoolDrained(deliveries: count))
      committed(count)
    }
    guard spool.isTaken else { return }
    do {
      try spool.clear()
      spoolIsStuck = false
    } catch {
      // The database has it all and can go on; only the second chance is gone until this succeeds.
      if !spoolIsStuck { tell(.spoolStuck(detail: ErrorText.of(error))) }
      spoolIsStuck = true
    }
  }

  private final class Cell<Value>: @unchecked Sendable {
    var value: Value?
  }
}

/// What the writer has done since it started.
public struct WriterStatistics: Hashable, Sendable {
  /// Transactions committed.
  public var commits = 0
  /// Those of them that held deliveries.
  public var deliveryCommits = 0
  /// Deliveries in them.
  public var deliveries = 0
}
