import Daraja
import Payments
import Store
import Synchronization

/// Keys and answers in memory, for tests that are about something else.
final class FakeKeys: IdempotencyStore {
  private let known = Mutex<[KeyedRequest: KeptAnswer]>([:])
  private let orders: FakeStore

  init(orders: FakeStore) { self.orders = orders }

  func reservation(of request: KeyedRequest, since cutoff: Microseconds) async throws -> Reservation {
    known.withLock { $0[request] }.map { .answered($0) } ?? .fresh
  }

  func reserve(_ request: KeyedRequest, since cutoff: Microseconds, at now: Microseconds) async throws -> Reservation {
    try await reservation(of: request, since: cutoff)
  }

  func keep(_ answer: KeptAnswer, for request: KeyedRequest) async throws { known.withLock { $0[request] = answer } }

  func release(_ request: KeyedRequest) async throws {}

  func transaction(for order: OrderID, phone: MSISDN, after last: TransactionID) async throws -> Transaction? { nil }

  func createOrder(
    _ order: NewOrder, for request: KeyedRequest, since cutoff: Microseconds, at now: Microseconds,
    answer: @escaping @Sendable (Order) -> KeptAnswer
  ) async throws -> (isNew: Bool, known: Reservation) {
    let kept = answer(try await orders.createOrder(order, at: now))
    try await keep(kept, for: request)
    return (true, .answered(kept))
  }

  func forgetKeys(before cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Int { 0 }
}
