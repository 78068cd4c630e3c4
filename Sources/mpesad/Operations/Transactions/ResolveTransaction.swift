import Daraja
import Payments
import Store

/// Rules on a payment that evidence left open.
struct ResolveTransaction: Operation {
  static let name = "transactions-resolve"

  struct Answer: Codable, Sendable {
    /// What the ruling means, in words.
    var consequence: String
    var transaction: TransactionRecord
  }

  var transaction: Int64
  var ruling: Ruling
  var reason: String
  /// Only says what the ruling would mean.
  var isDryRun: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let before = try await desk.transaction(transaction)
    guard let order = try await desk.store.order(before.orderID) else {
      throw OperationError(.failed, "The order of transaction \(transaction) is missing.")
    }
    try check(before)
    let consequence = Consequence(ruling: ruling, transaction: before, order: order).text
    guard !isDryRun else {
      return Answer(consequence: consequence, transaction: TransactionRecord(before, showPhone: false))
    }
    let settled = try await desk.store.settle(
      before.id, with: .operatorRuling(ruling, who: desk.actor, why: reason), nextQueryAt: nil, at: desk.timing.now())
    guard let settled else { throw OperationError(.notFound, "There is no transaction \(transaction).") }
    desk.audit.record(settled.decision, before: settled.before, by: desk.actor)
    return Answer(
      consequence: consequence, transaction: TransactionRecord(settled.decision.transaction, showPhone: false))
  }

  private func check(_ transaction: Transaction) throws {
    try OperatorReason.check(reason)
    switch (transaction.status, ruling) {
    case (.completed, _):
      throw OperationError(
        .refused,
        "Transaction \(transaction.id) is completed, and that is never taken back. If the money went back, record the refund in "
          + "your own books.")
    case (.failed, .failed): throw OperationError(.refused, "Transaction \(transaction.id) is failed already.")
    case (.failed, .completed), (.pending, _), (.review, _): return
    }
  }
}

/// What a ruling does, in words for the person who is about to rule.
struct Consequence {
  let ruling: Ruling
  let transaction: Transaction
  let order: Order

  var text: String {
    let beginning =
      "Transaction \(transaction.id) (\(transaction.amount) from \(transaction.phone.masked), "
      + "now \(transaction.status.rawValue)\(transaction.reason.map { ": " + $0.rawValue } ?? "")) becomes \(ruling.rawValue)"
    return beginning + (ruling == .completed ? credited : refused)
  }

  private var credited: String {
    let order =
      switch order.paidBy {
      case nil: " and order \(order.id) counts as paid."
      case transaction.id: " and order \(order.id) stays paid by it."
      case .some(let payer):
        ". Order \(order.id) was already paid by transaction \(payer), so it is flagged duplicate_payment: one of the two is to be refunded."
      }
    let receipt = transaction.receipt == nil ? " It has no receipt and is flagged receipt_missing." : ""
    return order + receipt + " The shop is told payment.completed. This cannot be taken back."
  }

  private var refused: String {
    let live = transaction.status == .pending ? " Its prompt may still be on the phone." : ""
    return ". Order \(order.id) can be prompted for again.\(live) The shop is told payment.failed. "
      + "If Safaricom proves the payment later, it still becomes completed."
  }
}
