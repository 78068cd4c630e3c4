import Daraja
import Payments
import Reconciliation
import Store
import Testing

@testable import mpesad

/// Payments that are as far as a page shall show them, without waiting for it: they stand in the ledger with earlier times, and Safaricom
/// is not asked about them by itself.
extension WebHouse {
  static let second: Microseconds = 1_000_000
  /// A phone on which M-Pesa plays what it is told to.
  static let phone = "254712345149"

  var now: Microseconds { Timing.system.now() }

  /// A phone of one order's own, since a phone has one prompt at a time. It is shown as `07•• ••• 149`.
  static func phone(of order: Placed) -> String { "2547\(10_000 + order.id.number)149" }

  /// A prompt that is on its way to Safaricom.
  func requested(_ order: Placed, phone: String? = nil, secondsAgo: Double = 3) async throws -> Transaction {
    let then = now - Microseconds(secondsAgo * 1_000_000)
    let opening = try await store.openPush(
      order: order.id, phone: try MSISDN(phone ?? Self.phone(of: order)), createdBy: "7",
      rules: AdmissionRules(promptLifetime: 1, coolDown: 1),
      firstQueryAt: never, at: then)
    guard case .opened(let transaction, _) = opening else { throw UnexpectedOpening(opening: opening) }
    return transaction
  }

  /// A prompt that is on a phone, or was.
  @discardableResult
  func prompted(_ order: Placed, phone: String? = nil, secondsAgo: Double = 10) async throws -> Transaction {
    let transaction = try await requested(order, phone: phone, secondsAgo: secondsAgo)
    return try await settle(
      transaction,
      .pushAnswer(
        .accepted(merchantRequestID: "29115-\(transaction.id)", checkoutRequestID: DeskRig.checkout(transaction))),
      at: transaction.createdAt + Self.second)
  }

  /// A prompt that ended with this result code.
  @discardableResult
  func ended(
    _ order: Placed, _ code: String, phone: String? = nil, secondsAgo: Double = 10
  ) async throws -> Transaction {
    let transaction = try await prompted(order, phone: phone, secondsAgo: secondsAgo)
    let callback = STKCallback(
      checkoutRequestID: DeskRig.checkout(transaction), resultCode: ResultCode(code), resultDescription: "As played.",
      amount: nil, receipt: nil)
    return try await settle(transaction, .callback(callback, .token), at: transaction.createdAt + 3 * Self.second)
  }

  /// The receipt of ``paid(_:cents:secondsAgo:)``: one of the order's own, since a receipt pays once.
  static func receipt(of order: Placed) -> String { "NLJ7R\(10_000 + order.id.number)" }

  /// A prompt that was answered with money.
  @discardableResult
  func paid(
    _ order: Placed, cents: Int64? = nil, secondsAgo: Double = 10
  ) async throws -> Transaction {
    let transaction = try await prompted(order, secondsAgo: secondsAgo)
    return try await settle(
      transaction,
      .callback(
        DeskRig.paid(transaction, receipt: Self.receipt(of: order), cents: cents ?? transaction.amount.cents), .token),
      at: transaction.createdAt + 3 * Self.second)
  }

  /// How many prompts were sent for an order.
  func prompts(for order: Placed) async throws -> Int {
    var filter = TransactionFilter()
    filter.order = order.id
    return try await store.transactions(filter, after: nil, limit: 100).transactions.count
  }

  /// Weighs evidence about a payment. Open pages are not told of it.
  @discardableResult
  func settle(_ transaction: Transaction, _ evidence: Evidence, at then: Microseconds) async throws -> Transaction {
    let settled = try await store.settle(transaction.id, with: evidence, nextQueryAt: never, at: then)
    return try #require(settled).decision.transaction
  }

  private var never: Microseconds { now + 3_600 * Self.second }

  struct UnexpectedOpening: Error { var opening: PushOpening }
}
