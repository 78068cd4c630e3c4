import Daraja
import HTTPTypes
import Hummingbird
import Logging
import Payments
import Reconciliation
import Store

/// `POST /api/payments/transactions/initiate_mpesa_payment/`: prompts a shopper to pay an order.
struct InitiateEndpoint: Sendable {
  let store: any PaymentStore
  let prompting: any Prompting
  let now: @Sendable () -> Microseconds
  let bodyLimit: Int

  private static let lookAtPhone = "Please check your phone for M-Pesa prompt."

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    let body = try await JSONObject.read(request, limit: bodyLimit)
    let order = try body.orderID()
    let phone = try body.phoneNumber()
    // Another user's order is answered like one that is not there. What staff start for a user's order belongs to that user.
    guard let owner = try await store.order(order)?.createdBy, context.caller.mayRead(createdBy: owner) else {
      throw APIError(.orderNotFound, field: "order_id")
    }
    switch try await prompting.prompt(order: order, phone: phone, by: owner) {
    case .sent(let transaction, let customerMessage):
      return answer(
        .ok, "success", "STK Push sent successfully. Please check your phone.", transaction,
        customerMessage: customerMessage ?? Self.lookAtPhone)
    case .alreadyOpen(let transaction):
      return alreadyOpen(transaction)
    case .uncertain(let transaction):
      return answer(
        .accepted, "pending",
        "Safaricom's answer was lost: a prompt may or may not come. Do not pay in another way yet; check the status.",
        transaction, customerMessage: "If an M-Pesa prompt appears on your phone, you can answer it.")
    case .rejected(_, let failure):
      throw PushRefusal.error(for: failure, logger: context.logger)
    case .busy(_, let failure, let retryAfter):
      throw APIError(failure.kind == .subscriberLocked ? .phoneBusy : .darajaBusy, retryAfter: retryAfter)
    case .refused(let admission):
      return try await refused(admission)
    case .noSuchOrder:
      throw APIError(.orderNotFound, field: "order_id")
    case .notConfigured(let missing):
      context.logger.warning("A prompt was asked for, but none can be sent", metadata: ["missing": "\(missing)"])
      throw APIError(.receiveOnly)
    }
  }

  private func refused(_ admission: Admission) async throws -> Response {
    switch admission {
    case .admit:
      throw APIError(.internalError)
    case .alreadyOpen(let id):
      guard let transaction = try await store.transaction(id) else { throw APIError(.transactionNotFound) }
      return alreadyOpen(transaction)
    case .phoneBusy(let until):
      throw APIError(.phoneBusy, retryAfter: .microseconds(max(0, until - now())))
    case .orderPaid:
      throw APIError(.orderPaid, field: "order_id")
    case .orderInReview:
      throw APIError(.orderInReview, field: "order_id")
    case .amountNotPromptable:
      throw APIError(.amountNotPromptable, field: "order_id")
    }
  }

  private func alreadyOpen(_ transaction: Transaction) -> Response {
    answer(
      .ok, "success", "A prompt is already on its way. Please check your phone.", transaction,
      customerMessage: Self.lookAtPhone)
  }

  private func answer(
    _ status: HTTPResponse.Status, _ word: String, _ message: String, _ transaction: Transaction,
    customerMessage: String
  ) -> Response {
    Response(
      status,
      .object([
        .init("status", .string(word)), .init("message", .string(message)),
        .init("transaction_id", .integer(transaction.id.number)),
        .init("checkout_request_id", .text(transaction.checkoutRequestID)),
        .init("customer_message", .string(customerMessage)),
      ]))
  }
}
