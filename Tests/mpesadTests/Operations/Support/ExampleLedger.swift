import Daraja
import NIOCore
import Payments
import Store

@testable import mpesad

/// A store with payments as they come about.
struct ExampleLedger {
  struct UnexpectedOpening: Error { var opening: PushOpening }

  let store: SQLiteStore

  /// A payment over 1500.00 whose prompt Safaricom has queued.
  func prompted(phone: String = "254708374149", minutesAgo: Microseconds = 10) async throws -> Transaction {
    let transaction = try await opened(phone: phone, minutesAgo: minutesAgo)
    return try await settle(
      transaction,
      .pushAnswer(
        .accepted(merchantRequestID: "29115-\(transaction.id)", checkoutRequestID: DeskRig.checkout(transaction))),
      at: transaction.createdAt + 1_000_000)
  }

  /// A payment over 1500.00 whose push was sent, and Safaricom's answer lost.
  func unanswered(phone: String = "254708374149", minutesAgo: Microseconds = 10) async throws -> Transaction {
    let transaction = try await opened(phone: phone, minutesAgo: minutesAgo)
    return try await settle(
      transaction, .pushAnswer(.uncertain(detail: "no answer in 30 s")), at: transaction.createdAt + 1_000_000)
  }

  /// A payment over 1500.00 whose intent is committed.
  private func opened(phone: String, minutesAgo: Microseconds) async throws -> Transaction {
    let then = DeskRig.now - minutesAgo * DeskRig.minute
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 150_000), description: "Two lamps", reference: "A-17", createdBy: "7"), at: then)
    let opening = try await store.openPush(
      order: order.id, phone: try MSISDN(phone), createdBy: "7", rules: AdmissionRules(promptLifetime: 1),
      firstQueryAt: then + DeskRig.minute, at: then)
    guard case .opened(let transaction, _) = opening else { throw UnexpectedOpening(opening: opening) }
    return transaction
  }

  func settle(_ transaction: Transaction, _ evidence: Evidence, at now: Microseconds = DeskRig.now) async throws
    -> Transaction
  {
    try await store.settle(transaction.id, with: evidence, nextQueryAt: now + 1, at: now)?.decision.transaction
      ?? transaction
  }

  /// Bytes for a transaction's own address, concluded as this finding.
  func deliver(
    _ body: String, to transaction: Transaction?, _ finding: Finding,
    at then: Microseconds = DeskRig.now - DeskRig.minute
  )
    async throws -> DeliveryID
  {
    let id = try await append(body, to: transaction, at: then)
    _ = try await store.conclude([(id, finding)], at: then)
    return id
  }

  /// Bytes about which nothing is found yet.
  func append(_ body: String, to transaction: Transaction?, at then: Microseconds) async throws -> DeliveryID {
    let delivery = NewDelivery(
      body: ByteBuffer(string: body), receivedAt: then, source: "196.201.214.200", token: transaction?.token)
    guard case .stored(let id) = try await store.append(delivery) else { throw CancellationError() }
    return id
  }
}
