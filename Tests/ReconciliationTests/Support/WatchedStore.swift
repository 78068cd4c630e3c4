import Daraja
import Payments
import Store
import Synchronization

/// One call of the store's, as a test may interfere with it.
enum StoreCall: Hashable, Sendable {
  case received, parked, nextParkedDue, claim([DeliveryID]), conclude([DeliveryID]), openPush, settle(TransactionID),
    transaction(TransactionID), questionsDue, nextQuestionDue, unansweredPushes

  var isClaim: Bool { if case .claim = self { true } else { false } }
  var isConclude: Bool { if case .conclude = self { true } else { false } }
  var isSettle: Bool { if case .settle = self { true } else { false } }
}

/// A store that lets a test look and interfere: before each call it may wait or fail, after each it tells whoever watches.
final class WatchedStore<Inner: PaymentStore>: PaymentStore {
  typealias Interference = @Sendable (StoreCall) async throws -> Void

  private struct State {
    var before: Interference = { _ in }
    var after: Interference = { _ in }
    var calls = 0
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  let inner: Inner
  private let state = Mutex(State())

  init(_ inner: Inner) { self.inner = inner }

  var arrivals: AsyncStream<Void> { inner.arrivals }

  /// Called before each call; the call fails with what it throws, and nothing happens then.
  func before(_ interfere: @escaping Interference) { state.withLock { $0.before = interfere } }

  /// Called after each call is committed; what it throws takes the place of the result.
  func after(_ interfere: @escaping Interference) { state.withLock { $0.after = interfere } }

  /// Returns when the condition holds; it is looked at again after each call.
  func until(_ condition: () async throws -> Bool) async throws {
    while true {
      let calls = state.withLock(\.calls)
      if try await condition() { return }
      await withCheckedContinuation { continuation in
        let changed = state.withLock { state in
          if state.calls != calls { return true }
          state.watchers.append(continuation)
          return false
        }
        if changed { continuation.resume() }
      }
    }
  }

  private func watched<Value>(_ call: StoreCall, _ body: () async throws -> Value) async throws -> Value {
    let (before, after) = state.withLock { ($0.before, $0.after) }
    defer {
      let watchers = state.withLock { state in
        state.calls += 1
        defer { state.watchers = [] }
        return state.watchers
      }
      for watcher in watchers { watcher.resume() }
    }
    try await before(call)
    let value = try await body()
    try await after(call)
    return value
  }

  func append(_ delivery: NewDelivery, then: @escaping @Sendable (Result<Acceptance, StoreError>) -> Void) {
    inner.append(delivery, then: then)
  }

  func received(after last: DeliveryID?, limit: Int) async throws -> [Delivery] {
    try await watched(.received) { try await inner.received(after: last, limit: limit) }
  }

  func parked(dueAt now: Microseconds, limit: Int) async throws -> [Delivery] {
    try await watched(.parked) { try await inner.parked(dueAt: now, limit: limit) }
  }

  func nextParkedDue() async throws -> Microseconds? {
    try await watched(.nextParkedDue) { try await inner.nextParkedDue() }
  }

  func claim(_ deliveries: [DeliveryID]) async throws {
    try await watched(.claim(deliveries)) { try await inner.claim(deliveries) }
  }

  func conclude(_ findings: [(DeliveryID, Finding)], at now: Microseconds) async throws -> [Conclusion] {
    try await watched(.conclude(findings.map(\.0))) { try await inner.conclude(findings, at: now) }
  }

  func delivery(_ id: DeliveryID) async throws -> Delivery? { try await inner.delivery(id) }

  func deliveries(in state: DeliveryState, limit: Int) async throws -> [Delivery] {
    try await inner.deliveries(in: state, limit: limit)
  }

  func createOrder(_ order: NewOrder, at now: Microseconds) async throws -> Order {
    try await inner.createOrder(order, at: now)
  }

  func order(_ id: OrderID) async throws -> Order? { try await inner.order(id) }

  func openPush(
    order: OrderID, phone: MSISDN, createdBy: String, rules: AdmissionRules, firstQueryAt: Microseconds,
    at clock: ClockReading
  ) async throws -> PushOpening {
    try await watched(.openPush) {
      try await inner.openPush(
        order: order, phone: phone, createdBy: createdBy, rules: rules, firstQueryAt: firstQueryAt, at: clock)
    }
  }

  func settle(
    _ id: TransactionID, with evidence: Evidence, nextQueryAt: Microseconds?, at now: Microseconds
  ) async throws -> (before: Transaction, decision: Decision)? {
    try await watched(.settle(id)) {
      try await inner.settle(id, with: evidence, nextQueryAt: nextQueryAt, at: now)
    }
  }

  func transaction(_ id: TransactionID) async throws -> Transaction? {
    try await watched(.transaction(id)) { try await inner.transaction(id) }
  }

  func questionsDue(
    _ age: PaymentAge, at now: Microseconds, longestWait: Microseconds, limit: Int
  ) async throws -> [Transaction] {
    try await watched(.questionsDue) {
      try await inner.questionsDue(age, at: now, longestWait: longestWait, limit: limit)
    }
  }

  func countQuestionsDue(at now: Microseconds, longestWait: Microseconds) async throws -> [PaymentAge: Int] {
    try await inner.countQuestionsDue(at: now, longestWait: longestWait)
  }

  func nextQuestionDue(after moment: Microseconds) async throws -> Microseconds? {
    try await watched(.nextQuestionDue) { try await inner.nextQuestionDue(after: moment) }
  }

  func unansweredPushes(limit: Int) async throws -> [Transaction] {
    try await watched(.unansweredPushes) { try await inner.unansweredPushes(limit: limit) }
  }

  func timeline(of id: TransactionID) async throws -> [StoredEvent] { try await inner.timeline(of: id) }

  func census() async throws -> Census { try await inner.census() }

  func close() async { await inner.close() }
}
