import Foundation
import GRDB
import Synchronization

/// The one thread that writes: it runs what has gathered in one transaction, and answers each after the commit.
///
/// Load makes batches bigger, not latency. Deliveries come first in every batch. While the database cannot commit, or is not open, deliveries
/// go to the spool, and everything else is told so.
final class Writer: @unchecked Sendable {
  /// Who may wait for whom.
  enum Urgency { case prompt, background }

  /// Seconds between attempts to take in what the spool holds, and between looks at what has changed outside.
  private static let attemptInterval = Double(DatabaseHealth.retryInterval) / 1e9

  /// What the writer tells its owner, on its own thread.
  struct Reports: Sendable {
    /// What happens on the way to the disk.
    var tell: @Sendable (StoreNotice) -> Void
    /// After each commit, the number of deliveries in it.
    var committed: @Sendable (_ deliveries: Int) -> Void
    /// The database is used no more by this process. Once.
    var ended: @Sendable (DatabaseEnding) -> Void = { _ in }
    /// Files of the database are gone from their place. Once for each time of trouble.
    var displaced: @Sendable () -> Void = {}
  }

  private let committer: Committer
  private let options: SQLiteOptions
  private let reports: Reports
  private let condition = MonotonicCondition()
  private var queue = WriteQueue()
  private var pace = BackgroundPace()
  private var stopping = false
  private var stopped = false
  private var counts = WriterStatistics()
  private var listeners: [@Sendable () -> Void] = []
  /// The writer's own view of database and spool, left here for others between two batches.
  private var noted: WritePathState
  private var busySince: UInt64?
  private var isCommitting = false
  private let displacement = Atomic(false)
  private var holders = 0
  /// What others have found out, for the writer's thread to take up between two batches.
  private var orders: [Order] = []

  /// Something for the writer's thread to do before its next batch, and what follows that batch.
  private struct Order {
    var run: (Committer) -> Void
    var then: () -> Void = {}
  }

  /// Begins to write: on the spool until it is given a database.
  init(committer: Committer, options: SQLiteOptions, reports: Reports) {
    self.committer = committer
    self.options = options
    self.reports = reports
    noted = WritePathState(failure: committer.health.failure, isOpen: false)
    let thread = Thread { [self] in loop() }
    thread.name = "writer"
    thread.start()
  }

  /// Goes on with a database that was opened, and returns when what the spool held was offered to it.
  func adopt(_ database: OpenDatabase) {
    database.checkpointer?.start { [self] work in hold(work) }
    carryOut { committer in committer.adopt(database) }
  }

  /// The database could not be opened, for this reason.
  func notOpened(_ detail: String) { carryOut { $0.notOpened(detail) } }

  /// The database must not be used any more.
  func end(_ ending: DatabaseEnding) {
    condition.lock()
    orders.append(Order { [reports] committer in if committer.end(ending) { reports.ended(ending) } })
    condition.signal()
    condition.unlock()
  }

  /// Has the writer's thread do something before its next batch, and waits until that batch is done.
  private func carryOut(_ order: @escaping (Committer) -> Void) {
    let done = DispatchSemaphore(value: 0)
    condition.lock()
    orders.append(Order(run: order) { done.signal() })
    condition.signal()
    condition.unlock()
    done.wait()
  }

  /// Runs `work` on the caller's thread while no batch is under way and none begins.
  private func hold(_ work: () -> Void) {
    condition.lock()
    holders += 1
    while isCommitting { condition.wait() }
    condition.unlock()
    work()
    condition.lock()
    holders -= 1
    condition.broadcast()
    condition.unlock()
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

  /// Whether files of the database are gone from their place: a reader might open another file under their name.
  var isDisplaced: Bool { displacement.load(ordering: .relaxed) }

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
      stopping ? .closed : queue.hasRoom(for: append, of: options.maximumWaitingAppends) ? nil : .overloaded
    if refusal == nil {
      queue.add(append)
      if queue.appends.count == 1 { condition.signal() }
    }
    condition.unlock()
    if let refusal { append.then(.failure(refusal)) }
  }

  /// Runs `body` inside the next transaction that has room for it; returns after its commit.
  /// - Parameters:
  ///   - guarded: give it a savepoint of its own. Without one, an error of its own undoes the whole batch.
  ///   - ifUnknown: what the spool is to say of its result where it is not known whether it was committed.
  func perform<Value: Sendable>(
    _ urgency: Urgency, guarded: Bool, ifUnknown: (@Sendable (Value) -> SpoolEntry?)? = nil,
    _ body: @escaping @Sendable (Database) throws -> Value
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
          }, ifUnknown: ifUnknown.map { note in { cell.value.flatMap(note) } }))
    }
  }

  /// Finishes what was taken, refuses the rest, ends the thread, and lets go of the database.
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
    while let (batch, orders) = takeBatch() {
      for order in orders { order.run(committer) }
      commit(batch)
      guard !orders.isEmpty else { continue }
      condition.lock()
      note()
      condition.unlock()
      for order in orders { order.then() }
    }
    committer.close()
    condition.lock()
    stopped = true
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for work; while the spool holds something, no longer than until the next attempt to empty it.
  private func takeBatch() -> (WriteQueue.Batch, orders: [Order])? {
    condition.lock()
    defer { condition.unlock() }
    busySince = nil
    isCommitting = false
    if holders > 0 { condition.broadcast() }
    note()
    while true {
      if holders > 0 {
        condition.wait()
        continue
      }
      let now = DispatchTime.now().uptimeNanoseconds
      if !orders.isEmpty || queue.hasWork(pace: pace, now: now, isLast: stopping) {
        busySince = now
        isCommitting = true
        defer { orders = [] }
        return (queue.take(pace: &pace, now: now, isLast: stopping), orders)
      }
      if stopping { return nil }
      if queue.count > 0 {
        _ = condition.wait(until: MonotonicCondition.moment(in: BackgroundPace.nap))
      } else if committer.isDraining {
        isCommitting = true
        return (WriteQueue.Batch(), [])
      } else if committer.wantsAttempts {
        if !condition.wait(until: MonotonicCondition.moment(in: Self.attemptInterval)) && holders == 0 && orders.isEmpty
        {
          isCommitting = true
          return (WriteQueue.Batch(), [])
        }
      } else {
        condition.wait()
      }
    }
  }

  private func note() {
    let spool = committer.spool
    displacement.store(committer.health.isDisplaced, ordering: .relaxed)
    noted = WritePathState(
      failure: committer.health.failure, spoolBytes: spool?.usedBytes ?? 0, spoolRoom: spool?.roomBytes ?? 0,
      isOpen: committer.isOpen)
  }

  private func commit(_ batch: WriteQueue.Batch) {
    let (before, wasDisplaced) = (committer.health.ending, committer.health.isDisplaced)
    let outcome = committer.run(batch, pace: &pace)
    if outcome.committed != nil && !batch.isEmpty { count(batch) }
    switch outcome.appends {
    case .stored(let acceptances):
      for (append, acceptance) in zip(batch.appends, acceptances) { append.then(.success(acceptance)) }
    case .spooled(let refused, let error):
      for (place, append) in batch.appends.enumerated() {
        append.then(refused.contains(place) ? .failure(error) : .success(.spooled))
      }
    case .refused(let error): for append in batch.appends { append.then(.failure(error)) }
    }
    answersGiven()
    for (job, verdict) in zip(batch.jobs, outcome.jobs) { job.then(verdict) }
    if let committed = outcome.committed { reports.committed(committed) }
    if before == nil, let ending = committer.health.ending { reports.ended(ending) }
    if !wasDisplaced && committer.health.isDisplaced { reports.displaced() }
  }

  private func count(_ batch: WriteQueue.Batch) {
    condition.lock()
    counts.commits += 1
    if !batch.appends.isEmpty { counts.deliveryCommits += 1 }
    counts.deliveries += batch.appends.count
    condition.unlock()
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
