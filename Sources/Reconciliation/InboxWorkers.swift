public import Daraja
import Payments
public import ServiceLifecycle
public import Store

/// Settles the inbox: reads what came in, in order of arrival, and commits what it means.
///
/// Work is taken from the database, never only from memory, so a crash at any point resumes at the next start. A delivery whose work was
/// begun before and never finished is handled alone, so that one that stops the program is found out without harm to its neighbours.
public struct InboxWorkers: Service {
  /// Deliveries for each worker in one round. Small, so that a round holds the writer for milliseconds only.
  static let deliveriesPerWorker = 16
  /// Rounds of new arrivals before parked deliveries get their turn, so that steady load does not keep them waiting.
  static let roundsInARow = 16
  /// The first and the longest wait while the store cannot commit.
  static let troubleWaits: ClosedRange<Microseconds> = 250_000...5_000_000

  /// Each piece of work, and each look for work.
  public let turns = Turns()

  private let store: any PaymentStore
  private let workers: Int
  private let reading: DeliveryReading
  private let timing: Timing
  private let audit: Audit
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - workers: how many deliveries are read at the same time, at least 1.
  ///   - since: when the program started.
  public init(store: any PaymentStore, workers: Int, since: Uptime, timing: Timing, audit: Audit) {
    self.store = store
    self.workers = max(workers, 1)
    self.reading = DeliveryReading(parking: Parking(since: since))
    self.timing = timing
    self.audit = audit
    (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Has them look for work, although nothing is known to have come in.
  public func look() { wake.yield() }

  /// Runs until graceful shutdown or cancellation; the round under way is finished, the rest waits in the database.
  public func run() async throws {
    let arrivals = Task { [store, wake] in for await _ in store.arrivals { wake.yield() } }
    defer { arrivals.cancel() }
    let stopping = Stopping()
    await withTaskCancellationOrGracefulShutdownHandler {
      var cursor: DeliveryID?
      var timer: Task<Void, any Error>?
      wake.yield()
      for await _ in wakes {
        timer?.cancel()
        let due = await drain(&cursor, stopping)
        if stopping.isSet { break }
        if let due {
          timer = Task {
            try await timing.sleep(.microseconds(min(max(due - timing.now(), 1_000), Delivery.longestDeferral)))
            wake.yield()
          }
        }
      }
      timer?.cancel()
    } onCancelOrGracefulShutdown: {
      stopping.set()
      wake.finish()
    }
  }

  /// Settles everything that is there.
  /// - Returns: when the next parked delivery is due.
  func drain(_ cursor: inout DeliveryID?, _ stopping: Stopping) async -> Microseconds? {
    var trouble = Self.troubleWaits.lowerBound
    while !stopping.isSet {
      turns.next()
      do {
        let settledNew = try await settleNewArrivals(&cursor, stopping)
        let settledParked = try await settleParked(stopping)
        if !settledNew && !settledParked { return try await store.nextParkedDue() }
        trouble = Self.troubleWaits.lowerBound
      } catch {
        guard (try? await rest(&trouble, after: error, stopping)) != nil else { return nil }
      }
    }
    return nil
  }

  /// Waits after a failure of the store, each time longer.
  /// - Throws: when the service is to stop.
  private func rest(_ wait: inout Microseconds, after error: any Error, _ stopping: Stopping) async throws {
    guard !stopping.isSet else { throw error }
    audit.trouble("Settling waits for the store.", error)
    let pause = Duration.microseconds(wait)
    wait = min(wait * 2, Self.troubleWaits.upperBound)
    try await cancelWhenGracefulShutdown { try await timing.sleep(pause) }
  }

  private func settleNewArrivals(_ cursor: inout DeliveryID?, _ stopping: Stopping) async throws -> Bool {
    var round = try await store.received(after: cursor, limit: workers * Self.deliveriesPerWorker)
    guard !round.isEmpty else { return false }
    if round.contains(where: { $0.attempts > 0 }) {
      try await settleAlone(&round, &cursor, stopping)
      return true
    }
    // The next round is fetched and claimed while this one is settled: both commits then share a transaction.
    try await claim(round)
    var rounds = 0
    while !round.isEmpty {
      rounds += 1
      let last = round.last?.id
      let goesOn = rounds < Self.roundsInARow
      async let upcoming = goesOn ? claimNext(after: last, stopping) : []
      try await settle(round, stopping)
      cursor = last
      round = try await upcoming
    }
    return true
  }

  /// Claims the next round, unless it holds a delivery that must be handled alone.
  private func claimNext(after last: DeliveryID?, _ stopping: Stopping) async throws -> [Delivery] {
    guard !stopping.isSet else { return [] }
    let next = try await store.received(after: last, limit: workers * Self.deliveriesPerWorker)
    guard !next.contains(where: { $0.attempts > 0 }) else { return [] }
    try await claim(next)
    return next
  }

  private func settleAlone(
    _ round: inout [Delivery], _ cursor: inout DeliveryID?, _ stopping: Stopping
  ) async throws {
    for delivery in round {
      guard !stopping.isSet else { return }
      try await claim([delivery])
      try await settle([delivery], stopping)
      cursor = delivery.id
    }
  }

  private func settleParked(_ stopping: Stopping) async throws -> Bool {
    let due = try await store.parked(dueAt: timing.now(), limit: workers * Self.deliveriesPerWorker)
    guard !due.isEmpty else { return false }
    if due.contains(where: { $0.attempts > 0 }) {
      for delivery in due where !stopping.isSet {
        try await claim([delivery])
        try await settle([delivery], stopping)
      }
    } else {
      try await claim(due)
      try await settle(due, stopping)
    }
    return true
  }

  private func claim(_ deliveries: [Delivery]) async throws {
    try await store.claim(deliveries.map(\.id))
  }

  private func settle(_ deliveries: [Delivery], _ stopping: Stopping) async throws {
    let clock = timing.reading()
    let now = clock.now
    let findings = await read(deliveries, clock)
    for (delivery, finding) in zip(deliveries, findings) where delivery.state == .received {
      audit.takenUp(delivery, finding: finding)
    }
    let conclusions = try await conclude(Array(zip(deliveries.map(\.id), findings)), at: now, stopping)
    var refused: [(DeliveryID, Finding)] = []
    for ((delivery, finding), conclusion) in zip(zip(deliveries, findings), conclusions) {
      audit.record(conclusion, of: delivery, finding: finding)
      if case .refused(let detail) = conclusion {
        refused.append((delivery.id, .quarantine(reason: "The ledger refused it: \(detail)")))
      }
    }
    if !refused.isEmpty { _ = try await conclude(refused, at: now, stopping) }
  }

  /// Commits what was found. While the store cannot, the same is offered again: to begin the work anew would count another start, and a
  /// disk that is full for a minute would put good deliveries into quarantine.
  private func conclude(
    _ findings: [(DeliveryID, Finding)], at now: Microseconds, _ stopping: Stopping
  ) async throws -> [Conclusion] {
    var trouble = Self.troubleWaits.lowerBound
    while true {
      turns.next()
      do {
        return try await store.conclude(findings, at: now)
      } catch {
        try await rest(&trouble, after: error, stopping)
      }
    }
  }

  /// Reads a round with all workers, and puts the findings back into order of arrival.
  private func read(_ deliveries: [Delivery], _ clock: ClockReading) async -> [Finding] {
    let size = Self.deliveriesPerWorker
    let uptime = timing.uptime()
    guard deliveries.count > size else {
      return deliveries.map { reading.read($0, clock: clock, uptime: uptime) }
    }
    return await withTaskGroup(of: (Int, [Finding]).self) { group in
      for start in stride(from: 0, to: deliveries.count, by: size) {
        group.addTask {
          let part = deliveries[start..<min(start + size, deliveries.count)]
          return (start, part.map { reading.read($0, clock: clock, uptime: uptime) })
        }
      }
      var parts: [(Int, [Finding])] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }
}
