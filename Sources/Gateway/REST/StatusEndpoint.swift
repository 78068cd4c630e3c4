import Daraja
import Hummingbird
import Payments
import Reconciliation
import Store

/// `GET /api/payments/transactions/{id}/check_mpesa_status/`: what is known of a payment.
struct StatusEndpoint: Sendable {
  let store: any PaymentStore
  let asking: any Asking
  let limits: RequestLimits
  let timing: Timing

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    var transaction = try await store.transaction(of: context)
    if transaction.status == .pending, mayAsk(about: transaction, context) {
      await asking.askIfDue(transaction.id, for: context.caller.user)
      transaction = try await store.transaction(transaction.id, visibleTo: context)
    }
    return Response(.ok, Self.json(transaction))
  }

  /// Whether Safaricom may be asked for this answer. It is asked on its schedule only, so that looking before a question is due costs
  /// nothing; whoever looks too often when one is due is told what is known, without a question. A question that lies further ahead than
  /// any that is planned is for the sweeper to find.
  private func mayAsk(about transaction: Transaction, _ context: APIContext) -> Bool {
    guard let due = transaction.nextQueryAt, due <= timing.now() else { return true }
    do {
      try limits.takeQuestion(by: context.caller, from: context.client, at: timing.uptime())
      return true
    } catch {
      return false
    }
  }

  static func json(_ transaction: Transaction) -> JSONValue {
    .object([
      .init(
        "transaction",
        .object([
          .init("transaction_id", .integer(transaction.id.number)),
          .init("payment_status", .string(transaction.status.rawValue)),
          .init("mpesa_receipt_number", .text(transaction.receipt?.text)),
          .init("amount", .string(transaction.amount.description)),
          .init("phone_number", .string(transaction.phone.digits)),
          .init("reason", .text(transaction.reason?.rawValue)),
          .init("flags", .array(transaction.flags.names.map { .string($0) })),
        ])),
      .init(
        "mpesa_status",
        .object([
          .init("ResultCode", .text(transaction.resultCode?.text)),
          .init("ResultDesc", .text(transaction.resultDescription)),
        ])),
    ])
  }
}
