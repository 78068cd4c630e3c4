import Daraja
import Logging
import NIOCore
import Payments
import Store
import Testing

@Suite struct BacklogTests {
  private func use(_ body: (SQLiteStore) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore(
      directory: directory.path, options: SQLiteOptions(spoolBytes: 0),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await body(store)
    await store.close()
  }

  private func deliver(_ store: SQLiteStore, at moment: Int64) async throws -> DeliveryID {
    let acceptance = try await store.append(
      NewDelivery(body: ByteBuffer(string: "x"), receivedAt: moment, source: "10.0.0.1", token: nil))
    guard case .stored(let id) = acceptance else { throw StoreError.closed }
    return id
  }

  @Test func anEmptyHouseHasNone() async throws {
    try await use { store in
      let backlog = try await store.backlog()
      #expect(backlog == Backlog())
    }
  }

  @Test func whatWaitsIsCountedWithItsTimes() async throws {
    try await use { store in
      _ = try await deliver(store, at: 1)
      let second = try await deliver(store, at: 2)
      _ = try await deliver(store, at: 3)
      _ = try await store.conclude([(second, .quarantine(reason: "not JSON"))], at: 4)
      let backlog = try await store.backlog()
      #expect(backlog == Backlog(waiting: 2, oldestWaiting: 1, quarantined: 1, lastDelivery: 3))
    }
  }

  @Test func aCallbackIsWhatCameToAPaymentsOwnAddress() async throws {
    try await use { store in
      let order = try await store.createOrder(
        NewOrder(amount: Amount(cents: 100), description: "x", reference: "y", createdBy: "7"), at: 1)
      let opening = try await store.openPush(
        order: order.id, phone: try MSISDN("254708374149"), createdBy: "7", rules: AdmissionRules(), firstQueryAt: 9,
        at: 5)
      guard case .opened(let transaction, _) = opening else { throw StoreError.closed }
      _ = try await store.append(
        NewDelivery(body: ByteBuffer(string: "x"), receivedAt: 7, source: "10.0.0.1", token: transaction.token))
      _ = try await deliver(store, at: 8)
      let backlog = try await store.backlog()
      #expect(backlog.lastCallback == 7 && backlog.lastDelivery == 8)
      #expect(backlog.pending == 1 && backlog.oldestPending == 5 && backlog.oldestReview == nil)
    }
  }

  @Test func theWriterAnswersUntilItIsClosed() async throws {
    try await use { store in
      let commits = store.statistics.commits
      #expect(await store.answersThroughWriter())
      #expect(store.statistics.commits > commits)
    }
  }
}
