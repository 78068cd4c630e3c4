import Daraja
import Payments
public import ServiceLifecycle
public import Store
import Synchronization

/// Tells the merchant's system of every settlement.
///
/// What is to be told, and when it is tried next, lies in the database only, so a crash at any point resumes at the next start: an event may
/// arrive twice under its one name, and is never left out. Of one transaction there is one event under way at a time.
public struct Notifier: Service {
  /// Events under way at once. A slow receiver holds up this many, and nothing else of the house.
  static let concurrency = 8
  /// How long events under way may take once the service is to stop. What is not finished then is sent again at the next start.
  static let grace = Duration.seconds(3)
  /// The wait after the store failed, and the longest time between two looks.
  static let troubleSleep: Microseconds = 5_000_000
  static let longestSleep: Microseconds = 3_600_000_000
  /// Events given up in one commit while there is nobody to tell.
  static let givenUpAtOnce = 500

  /// The target as it is set now: nil when no address is set. Throws when what is set cannot be used.
  public typealias Target = @Sendable () throws(WebhookTargetError) -> WebhookTarget?

  private let store: any OutboxStore
  private let sender: any WebhookSending
  private let schedule: DeliverySchedule
  private let target: Target
  private let timing: Timing
  private let audit: Audit
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// Tells of this store's events.
  public init(
    store: any OutboxStore, sender: any WebhookSending, schedule: DeliverySchedule = .standard, timing: Timing,
    audit: Audit, target: @escaping Target
  ) {
    self.store = store
    self.sender = sender
    self.schedule = schedule
    self.timing = timing
    self.audit = audit
    self.target = target
    (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The target may have changed.
  public func targetChanged() { wake.yield() }

  /// Runs until graceful shutdown or cancellation.
  public func run() async throws {
    let additions = Task { [store, wake] in for await _ in store.outboxAdditions { wake.yield() } }
    defer { additions.cancel() }
    let stopping = Stopping()
    await withTaskCancellationOrGracefulShutdownHandler {
      var flights = Flights()
      var timer: Task<Void, any Error>?
      var obstacle: WebhookTargetError?
      wake.yield()
      for await _ in wakes where !stopping.isSet {
        timer?.cancel()
        let due = await look(&flights, &obstacle)
        timer = Task {
          try await timing.sleep(.microseconds(min(max(due - timing.now(), 1_000), Self.longestSleep)))
          wake.yield()
        }
      }
      timer?.cancel()
      await flights.end(within: Self.grace, timing)
    } onCancelOrGracefulShutdown: {
      stopping.set()
      wake.finish()
    }
    await sender.shutdown()
  }

  /// Sends what is due, as far as there is room.
  /// - Returns: when to look again, unless something happens before.
  private func look(_ flights: inout Flights, _ obstacle: inout WebhookTargetError?) async -> Microseconds {
    let now = timing.now()
    do {
      guard let target = try usableTarget(&obstacle) else {
        try await giveUpUnaddressed(timing.reading())
        return now + Self.longestSleep
      }
      flights.clear()
      // Those under way are still due, so that many more are asked for.
      let due = try await store.outbox(dueAt: now, limit: Self.concurrency + flights.count)
      for entry in due where flights.count < Self.concurrency && !flights.isUnderWay(entry.transaction) {
        flights.begin(entry.transaction, then: { wake.yield() }) { await deliver(entry, to: target) }
      }
      return min(try await store.nextOutboxDue(after: now) ?? .max, now + Self.longestSleep)
    } catch {
      audit.trouble("The outbox cannot be read.", error)
      return now + Self.troubleSleep
    }
  }

  /// The target; what is wrong with it is said once.
  private func usableTarget(_ obstacle: inout WebhookTargetError?) throws -> WebhookTarget? {
    do throws(WebhookTargetError) {
      let found = try target()
      obstacle = nil
      return found
    } catch {
      if obstacle != error { audit.webhooksImpossible(error) }
      obstacle = error
      return nil
    }
  }

  /// Gives up what waited for an address too long, by a clock that can be believed.
  private func giveUpUnaddressed(_ clock: ClockReading) async throws {
    guard clock.isTrusted else { return }
    let cutoff = clock.cutoff(DeliverySchedule.addressPatience)
    var count = 0
    var last: Int
    repeat {
      last = try await store.giveUpUnaddressed(dueBefore: cutoff, limit: Self.givenUpAtOnce, at: clock.now)
      count += last
    } while last == Self.givenUpAtOnce
    if count > 0 { audit.unaddressed(count) }
  }

  /// One attempt, and what follows from it. One that was cut short is no attempt: it is made again at the next start.
  private func deliver(_ entry: OutboxEntry, to target: WebhookTarget) async {
    let start = timing.now()
    let begun = timing.uptime()
    let answer = await sender.send(entry, to: target, at: start)
    let duration = timing.uptime() - begun
    let verdict = schedule.verdict(
      on: answer, to: entry, startedAt: start, clock: timing.reading(), chance: timing.chance())
    if verdict != .delivered, Task.isCancelled { return }
    do {
      try await store.conclude(
        OutboxAttempt(at: start, duration: duration, status: answer.status, answer: answer.text),
        of: entry.id, verdict)
      audit.webhook(entry, answer, verdict)
    } catch {
      audit.trouble("What became of webhook \(entry.webhookID) is not committed; it is sent again.", error)
      // Not at once, or a disk that is full would be answered with a flood.
      try? await timing.sleep(.microseconds(Self.troubleSleep))
    }
  }
}

/// The events under way, one for each transaction at most.
private struct Flights {
  private var tasks: [TransactionID: Task<Void, Never>] = [:]
  private let landed = Landed()

  private final class Landed: Sendable {
    let transactions = Mutex<[TransactionID]>([])
  }

  var count: Int { tasks.count }

  func isUnderWay(_ transaction: TransactionID) -> Bool { tasks[transaction] != nil }

  /// - Parameter then: called when the event is not under way any more.
  mutating func begin(
    _ transaction: TransactionID, then: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async -> Void
  ) {
    tasks[transaction] = Task { [landed] in
      await body()
      landed.transactions.withLock { $0.append(transaction) }
      then()
    }
  }

  /// Forgets those that have ended.
  mutating func clear() {
    let ended = landed.transactions.withLock { transactions in
      defer { transactions = [] }
      return transactions
    }
    for transaction in ended { tasks[transaction] = nil }
  }

  /// Waits for those under way, and cuts them short when their time is over.
  func end(within grace: Duration, _ timing: Timing) async {
    let tasks = Array(tasks.values)
    let cut = Task {
      try await timing.sleep(grace)
      for task in tasks { task.cancel() }
    }
    await withTaskCancellationHandler {
      for task in tasks { await task.value }
    } onCancel: {
      for task in tasks { task.cancel() }
    }
    cut.cancel()
  }
}
