import Daraja
import Hummingbird
import Payments
import Reconciliation
import Store

/// `POST /api/payments/transactions/{id}/verify/`: asks Safaricom now instead of waiting for the schedule, and answers like
/// `check_mpesa_status`.
///
/// A payment that is over is answered from what is known, and so is one that Safaricom was asked about a moment ago. Where the budget has
/// nothing this instant, the request waits for its turn for up to ``Questioner/patience``. If that is not enough, or the breaker rests, the
/// answer is 503 with Retry-After: the question keeps its place, and whoever comes back then gets the answer at once.
struct VerifyEndpoint: Sendable {
  let store: any PaymentStore
  let asking: any Asking
  let limits: RequestLimits
  let timing: Timing

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    let transaction = try await store.transaction(of: context)
    guard transaction.isOpen else { return Response(.ok, StatusEndpoint.json(transaction)) }
    try limits.takeQuestion(by: context.caller, from: context.client, at: timing.uptime())
    switch await asking.ask(transaction.id, for: context.caller.user) {
    case .asked, .notNeeded:
      return Response(
        .ok, StatusEndpoint.json(try await store.transaction(transaction.id, visibleTo: context)))
    case .later(let wait):
      throw APIError(.queryLater, retryAfter: .microseconds(wait))
    case .failed:
      throw APIError(.storeUnavailable, retryAfter: .seconds(10))
    case .notConfigured(let missing):
      context.logger.warning(
        "A payment was to be verified, but Safaricom cannot be asked", metadata: ["missing": "\(missing)"])
      throw APIError(.receiveOnly)
    }
  }
}

extension Transaction {
  /// Whether Safaricom's answer could still settle it.
  var isOpen: Bool { status == .pending || (status == .review && reason == .unanswered) }
}
