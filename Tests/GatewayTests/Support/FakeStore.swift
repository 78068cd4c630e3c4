import Daraja
import Dispatch
import Gateway
import NIOCore
import Payments
import Store
import Synchronization

/// A store in memory: as much of one as the gateway uses. It answers on a thread of its own, as the real one does.
final class FakeStore: GatewayStore {
  /// What becomes of a delivery.
  enum Mode: Sendable {
    case storing
    /// Its answer waits for ``FakeStore/release()``.
    case holding
    case failing(StoreError)
  }

  private struct State {
    var mode = Mode.storing
    var deliveries: [NewDelivery] = []
    var held: [@Sendable () -> Void] = []
    var orders: [OrderID: Order] = [:]
    var transactions: [TransactionID: Transaction] = [:]
    var timeline: [TransactionID: [NumberedEvent]] = [:]
    var writePath = WritePathState()
    var writeTests = 0
    var filters: [TransactionFilter] = []
    var failure: StoreError?
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "store")
  private let (arrived, arrival) = AsyncStream<Void>.makeStream()

  // MARK: For tests

  var deliveries: [NewDelivery] { state.withLock { $0.deliveries } }
  var bodies: [String] { deliveries.map { String(buffer: $0.body) } }
  var orders: [Order] { state.withLock { Array($0.orders.values) } }

  func set(_ mode: Mode) { state.withLock { $0.mode = mode } }
  /// Makes everything but `append` fail.
  func fail(_ error: StoreError?) { state.withLock { $0.failure = error } }
  func add(_ order: Order) { state.withLock { $0.orders[order.id] = order } }
  func add(_ transaction: Transaction) { state.withLock { $0.transactions[transaction.id] = transaction } }

  /// Sets a transaction and adds a line to its timeline, as one commit does.
  func commit(_ transaction: Transaction, _ number: Int64, _ kind: TimelineEvent.Kind, detail: String = "A line.") {
    let event = TimelineEvent(
      kind: kind, source: kind == .ruling ? .ruling : .callback, resultCode: transaction.resultCode, detail: detail,
      at: TestGateway.now)
    let line = StoredEvent(event: event, delivery: nil, status: transaction.status, reason: transaction.reason)
    state.withLock { state in
      state.transactions[transaction.id] = transaction
      state.timeline[transaction.id, default: []].append(NumberedEvent(number: number, line: line))
    }
  }

  func set(_ writePath: WritePathState) { state.withLock { $0.writePath = writePath } }
  /// What transactions were listed with.
  var filters: [TransactionFilter] { state.withLock { $0.filters } }
  var writeTests: Int { state.withLock { $0.writeTests } }

  /// Answers what is held.
  func release() {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for answer in held { queue.async(execute: answer) }
  }

  /// Waits until so many deliveries have come in all.
  func waitForDeliveries(_ count: Int) async {
    guard deliveries.count < count else { return }
    for await _ in arrived where deliveries.count >= count { return }
  }

  // MARK: What the gateway uses

  func append(_ delivery: NewDelivery, then: @escaping @Sendable (Result<Acceptance, StoreError>) -> Void) {
    let action = state.withLock { state -> (@Sendable () -> Void)? in
      switch state.mode {
      case .failing(let error): return { then(.failure(error)) }
      case .storing, .holding: break
      }
      state.deliveries.append(delivery)
      let id = DeliveryID(Int64(state.deliveries.count))
      guard case .holding = state.mode else { return { then(.success(.stored(id))) } }
      state.held.append { then(.success(.stored(id))) }
      return nil
    }
    arrival.yield()
    if let action { queue.async(execute: action) }
  }

  func createOrder(_ order: NewOrder, at now: Microseconds) async throws -> Order {
    try check()
    return state.withLock { state in
      let id = OrderID(Int64(state.orders.count + 1))
      let made = Order(
        id: id, amount: order.amount, description: order.description, reference: order.reference, paidBy: nil,
        createdBy: order.createdBy, createdAt: now, checkout: order.checkout)
      state.orders[id] = made
      return made
    }
  }

  func order(_ id: OrderID) async throws -> Order? {
    try check()
    return state.withLock { $0.orders[id] }
  }

  func transaction(_ id: TransactionID) async throws -> Transaction? {
    try check()
    return state.withLock { $0.transactions[id] }
  }

  func timeline(of id: TransactionID, after last: Int64, limit: Int) async throws -> [NumberedEvent] {
    try check()
    let lines = state.withLock { $0.timeline[id] ?? [] }
    return Array(lines.filter { $0.number > last }.prefix(limit))
  }

  func lastEvent(of id: TransactionID) async throws -> NumberedEvent? {
    try check()
    return state.withLock { $0.timeline[id]?.last }
  }

  func transactions(
    _ filter: TransactionFilter, after last: TransactionID?, limit: Int
  ) async throws -> TransactionPage {
    try check()
    state.withLock { $0.filters.append(filter) }
    let all = state.withLock { $0.transactions.values.sorted { $0.id > $1.id } }
    let found = all.filter { transaction in
      (filter.createdBy ?? transaction.createdBy) == transaction.createdBy
        && (filter.order ?? transaction.orderID) == transaction.orderID
        && (filter.phone ?? transaction.phone) == transaction.phone
        && transaction.id < last ?? TransactionID(.max)
    }
    return TransactionPage(
      transactions: Array(found.prefix(limit)), next: found.count > limit ? found[limit - 1].id : nil)
  }

  func deliveries(_ filter: DeliveryFilter, after last: DeliveryID?, limit: Int) async throws -> DeliveryPage {
    DeliveryPage(deliveries: [], next: nil)
  }

  func deliveries(of transaction: TransactionID, limit: Int) async throws -> [Delivery] { [] }

  var writePath: WritePathState { state.withLock { $0.writePath } }

  func tryWriting() async throws {
    state.withLock { $0.writeTests += 1 }
    try check()
  }

  func nextParkedDue() async throws -> Microseconds? {
    try check()
    return nil
  }

  private func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  // MARK: What it does not

  var arrivals: AsyncStream<Void> { AsyncStream { $0.finish() } }
  func received(after last: DeliveryID?, limit: Int) async throws -> [Delivery] { [] }
  func parked(dueAt now: Microseconds, limit: Int) async throws -> [Delivery] { [] }
  func claim(_ deliveries: [DeliveryID]) async throws {}
  func conclude(_ findings: [(DeliveryID, Finding)], at now: Microseconds) async throws -> [Conclusion] { [] }
  func delivery(_ id: DeliveryID) async throws -> Delivery? { nil }
  func deliveries(in state: DeliveryState, limit: Int) async throws -> [Delivery] { [] }
  func openPush(
    order: OrderID, phone: MSISDN, createdBy: String, rules: AdmissionRules, firstQueryAt: Microseconds,
    at clock: ClockReading
  ) async throws -> PushOpening { .noSuchOrder }
  func settle(
    _ id: TransactionID, with evidence: Evidence, nextQueryAt: Microseconds?, at now: Microseconds
  ) async throws -> (before: Transaction, decision: Decision)? { nil }
  func questionsDue(
    _ age: PaymentAge, at now: Microseconds, longestWait: Microseconds, limit: Int
  ) async throws -> [Transaction] { [] }
  func countQuestionsDue(at now: Microseconds, longestWait: Microseconds) async throws -> [PaymentAge: Int] { [:] }
  func nextQuestionDue(after moment: Microseconds) async throws -> Microseconds? { nil }
  func unansweredPushes(limit: Int) async throws -> [Transaction] { [] }
  func timeline(of id: TransactionID) async throws -> [StoredEvent] { [] }
  func census() async throws -> Census {
    try check()
    return Census(deliveries: [.received: 2], oldestWaiting: TestGateway.now - 1_500_000, transactions: [.pending: 3])
  }
  func close() async {}
}
