import Daraja
import Payments
import Synchronization
import Testing

@testable import Reconciliation
@testable import Store

/// A merchant's system that does as the test says, without a network.
final class ScriptedReceiver: WebhookSending {
  private let answer: @Sendable (OutboxEntry) async -> WebhookAnswer
  private let kept = Mutex<[OutboxEntry]>([])
  private let closed = Mutex(false)

  init(_ answer: @escaping @Sendable (OutboxEntry) async -> WebhookAnswer) { self.answer = answer }

  /// What it was sent, in order.
  var sent: [OutboxEntry] { kept.withLock { $0 } }
  var isShutDown: Bool { closed.withLock { $0 } }

  func send(_ entry: OutboxEntry, to target: WebhookTarget, at now: Microseconds) async -> WebhookAnswer {
    kept.withLock { $0.append(entry) }
    return await answer(entry)
  }

  func shutdown() async { closed.withLock { $0 = true } }
}

extension WebhookAnswer {
  static let taken = WebhookAnswer.answered(status: 200, retryAfter: nil, excerpt: "ok")
  static let refused = WebhookAnswer.answered(status: 500, retryAfter: nil, excerpt: "no")
}

/// The outbox of a house, with commits that fail so many times: as if the program had ended between the sending and the commit.
final class FailingOutbox: OutboxStore {
  private let inner: SQLiteStore
  private let failures: Mutex<Int>

  init(_ inner: SQLiteStore, failures: Int) {
    self.inner = inner
    self.failures = Mutex(failures)
  }

  func conclude(_ attempt: OutboxAttempt, of id: OutboxID, _ verdict: OutboxVerdict) async throws {
    let fails = failures.withLock { left in
      defer { left = max(left - 1, 0) }
      return left > 0
    }
    if fails { throw StoreError.unavailable(detail: "disk full") }
    try await inner.conclude(attempt, of: id, verdict)
  }

  var outboxAdditions: AsyncStream<Void> { inner.outboxAdditions }
  func outbox(dueAt now: Microseconds, limit: Int) async throws -> [OutboxEntry] {
    try await inner.outbox(dueAt: now, limit: limit)
  }
  func nextOutboxDue(after now: Microseconds) async throws -> Microseconds? {
    try await inner.nextOutboxDue(after: now)
  }
  func giveUpUnaddressed(dueBefore cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Int {
    try await inner.giveUpUnaddressed(dueBefore: cutoff, limit: limit, at: now)
  }
  func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry? { try await inner.outboxEntry(id) }
  func outbox(_ filter: OutboxFilter, after last: OutboxID?, limit: Int) async throws -> [OutboxEntry] {
    try await inner.outbox(filter, after: last, limit: limit)
  }
  func outboxAttempts(of id: OutboxID) async throws -> [OutboxAttempt] { try await inner.outboxAttempts(of: id) }
  func lastOutboxAttempts(of ids: [OutboxID]) async throws -> [OutboxID: OutboxAttempt] {
    try await inner.lastOutboxAttempts(of: ids)
  }
  func resend(_ ids: [OutboxID], at now: Microseconds) async throws -> [Resending] {
    try await inner.resend(ids, at: now)
  }
  func outboxCensus() async throws -> OutboxCensus { try await inner.outboxCensus() }
}

extension House {
  static let webhookTarget = try? WebhookTarget(
    url: "https://shop.example/hook", secret: WebhookSecrets.newSecret(), allowsPrivateAddresses: false,
    requiresTLS: true)

  var outbox: SQLiteStore { store.inner }

  func notifier(_ sender: any WebhookSending, store: (any OutboxStore)? = nil) -> Notifier {
    Notifier(store: store ?? outbox, sender: sender, timing: clock.timing, audit: audit) {
      () throws(WebhookTargetError) in House.webhookTarget
    }
  }

  /// A transaction that has failed, and so has something to tell.
  @discardableResult
  func failed(_ name: String = "ws_CO_1") async throws -> TransactionID {
    let id = try await accepted(name)
    _ = try await store.settle(
      id, with: .queryAnswer(.result("1032", description: nil)), nextQueryAt: nil, at: clock.now)
    return id
  }

  /// A second thing to tell of a transaction: it was paid after all.
  func paidAfterAll(_ id: TransactionID) async throws {
    _ = try await store.settle(
      id, with: .queryAnswer(.result("0", description: nil)), nextQueryAt: nil, at: clock.now)
  }

  func entries(_ state: OutboxState? = nil) async throws -> [OutboxEntry] {
    try await outbox.outbox(OutboxFilter(state: state), after: nil, limit: 500).reversed()
  }

  /// Returns when the condition holds. The suite's time limit ends it.
  func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
  }

  /// Moves time to the next attempt, once the notifier sleeps until then, until an entry is finished.
  func passTime(untilFinished id: OutboxID) async throws {
    while true {
      let entry = try #require(try await outbox.outboxEntry(id))
      guard let next = entry.nextAttemptAt else { return }
      let wake = min(next, clock.now + Notifier.longestSleep)
      if next > clock.now, clock.nextWake == wake { clock.advance(to: wake) }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Lets only so much time pass as a stop may take, while the body runs and stops services.
  func lettingGracePass(_ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [clock] in
        while !Task.isCancelled {
          if let wake = clock.nextWake, wake <= clock.now + Notifier.grace.microseconds { clock.advance(to: wake) }
          try? await Task.sleep(for: .milliseconds(2))
        }
      }
      defer { group.cancelAll() }
      try await body()
    }
  }
}
