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
  let keyed: KeyedRequests
  let limits: RequestLimits
  let timing: Timing
  let bodyLimit: Int

  /// What keys of this address are filed under. Stands in the database.
  private static let route = "initiate_mpesa_payment"
  private static let lookAtPhone = "Please check your phone for M-Pesa prompt."

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    let key = try IdempotencyKey.read(request.headers)
    let body = try await JSONObject.read(request, limit: bodyLimit)
    let order = try body.orderID()
    let phone = try body.phoneNumber()
    // Another user's order is answered like one that is not there. What staff start for a user's order belongs to that user.
    guard let owner = try await store.order(order)?.createdBy, context.caller.mayRead(createdBy: owner) else {
      throw APIError(.orderNotFound, field: "order_id")
    }
    let work = KeyedRequests.Work(
      admit: { try limits.takePush(by: context.caller, from: context.client, to: phone, at: timing.uptime()) },
      recover: { last in
        try await keyed.store.transaction(for: order, phone: phone, after: last).map { started($0) }
      },
      perform: { try await perform(order, phone, owner, context.logger) })
    guard let key else {
      try work.admit()
      return try await work.perform().response
    }
    return try await keyed.answer(
      KeyedRequest(user: context.caller.user, route: Self.route, key: key, fingerprint: body.fingerprint), work)
  }

  /// What came of it as an answer. An error that is thrown on leaves open whether a prompt was sent.
  private func perform(
    _ order: OrderID, _ phone: MSISDN, _ owner: String, _ logger: Logger
  ) async throws -> APIAnswer {
    do {
      return try await prompt(order, phone, owner, logger)
    } catch let error as APIError {
      return APIAnswer(error)
    } catch let error as StoreError {
      // The intent could not be committed, so that nothing was sent.
      if case .failed = error { logger.error("A push could not be begun", metadata: ["error": "\(error)"]) }
      return APIAnswer(APIError(error))
    }
  }

  private func prompt(
    _ order: OrderID, _ phone: MSISDN, _ owner: String, _ logger: Logger
  ) async throws -> APIAnswer {
    switch try await prompting.prompt(order: order, phone: phone, by: owner) {
    case .sent(let transaction, let customerMessage):
      return answer(
        .ok, "success", "STK Push sent successfully. Please check your phone.", transaction,
        customerMessage: customerMessage ?? Self.lookAtPhone)
    case .alreadyOpen(let transaction):
      return alreadyOpen(transaction)
    case .uncertain(let transaction):
      return uncertain(transaction)
    case .rejected(_, let failure):
      throw PushRefusal.error(for: failure, logger: logger)
    case .busy(_, let failure, let retryAfter):
      throw APIError(failure.kind == .subscriberLocked ? .phoneBusy : .darajaBusy, retryAfter: retryAfter)
    case .refused(let admission):
      return try await refused(admission)
    case .noSuchOrder:
      throw APIError(.orderNotFound, field: "order_id")
    case .notConfigured(let missing):
      logger.warning("A prompt was asked for, but none can be sent", metadata: ["missing": "\(missing)"])
      throw APIError(.receiveOnly)
    }
  }

  private func refused(_ admission: Admission) async throws -> APIAnswer {
    switch admission {
    case .admit:
      throw APIError(.internalError)
    case .alreadyOpen(let id):
      guard let transaction = try await store.transaction(id) else { throw APIError(.transactionNotFound) }
      return alreadyOpen(transaction)
    case .phoneBusy(let until):
      throw APIError(.phoneBusy, retryAfter: .microseconds(max(0, until - timing.now())))
    case .coolingDown(let until):
      throw APIError(.coolingDown, retryAfter: .microseconds(max(0, until - timing.now())))
    case .orderPaid:
      throw APIError(.orderPaid, field: "order_id")
    case .orderInReview:
      throw APIError(.orderInReview, field: "order_id")
    case .amountNotPromptable:
      throw APIError(.amountNotPromptable, field: "order_id")
    }
  }

  /// What an earlier attempt of the same request began, whose answer was lost.
  private func started(_ transaction: Transaction) -> APIAnswer {
    guard transaction.status == .pending else {
      return answer(
        .ok, "success", "This payment was started before. Check its status.", transaction,
        customerMessage: "Your payment was started before.")
    }
    return transaction.push == .accepted ? alreadyOpen(transaction) : uncertain(transaction)
  }

  private func uncertain(_ transaction: Transaction) -> APIAnswer {
    answer(
      .accepted, "pending",
      "Safaricom's answer was lost: a prompt may or may not come. Do not pay in another way yet; check the status.",
      transaction, customerMessage: "If an M-Pesa prompt appears on your phone, you can answer it.")
  }

  private func alreadyOpen(_ transaction: Transaction) -> APIAnswer {
    answer(
      .ok, "success", "A prompt is already on its way. Please check your phone.", transaction,
      customerMessage: Self.lookAtPhone)
  }

  private func answer(
    _ status: HTTPResponse.Status, _ word: String, _ message: String, _ transaction: Transaction,
    customerMessage: String
  ) -> APIAnswer {
    APIAnswer(
      status,
      .object([
        .init("status", .string(word)), .init("message", .string(message)),
        .init("transaction_id", .integer(transaction.id.number)),
        .init("checkout_request_id", .text(transaction.checkoutRequestID)),
        .init("customer_message", .string(customerMessage)),
      ]))
  }
}
