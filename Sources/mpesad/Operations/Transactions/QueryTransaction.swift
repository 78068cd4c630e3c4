import Payments
import Reconciliation
import Store

/// Asks Safaricom about a payment now, within the budget that all questions share.
struct QueryTransaction: Operation {
  static let name = "transactions-query"

  struct Answer: Codable, Sendable {
    /// What Safaricom's answer was, in a sentence.
    var answer: String
    var resultCode: String?
    var statusBefore: PaymentStatus
    var transaction: TransactionRecord
  }

  var transaction: Int64

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let before = try await desk.transaction(transaction)
    desk.audit.operated(desk.actor, "asks Safaricom", transaction: before.id)
    switch await desk.asking.ask(before.id, for: "operator \(desk.actor)") {
    case .asked: break
    case .notNeeded: throw OperationError(.refused, Self.needless(try await desk.transaction(transaction)))
    case .later(let wait):
      let seconds = wait / 1_000_000 + 1
      throw OperationError(
        .tryAgain,
        "Safaricom may not be asked about transaction \(transaction) now: the budget of questions, the others who wait, or the rest "
          + "after a failure says so. The question is put in its turn, before \(Moment(desk.timing.now() + wait)). Look again in \(seconds) s."
      )
    case .failed:
      throw OperationError(
        .unavailable,
        "Safaricom's answer about transaction \(transaction) could not be kept; it will be asked again. The log has the cause."
      )
    case .notConfigured(let missing):
      throw OperationError(.unavailable, "Nobody can be asked while these settings are missing: \(missing).")
    }
    let after = try await desk.transaction(transaction)
    let heard = try await desk.store.timeline(of: before.id).last { $0.event.source == .query }
    return Answer(
      answer: heard?.event.detail ?? "Safaricom answered.", resultCode: heard?.event.resultCode?.text,
      statusBefore: before.status, transaction: TransactionRecord(after, showPhone: false))
  }

  private static func needless(_ transaction: Transaction) -> String {
    transaction.status == .completed
      ? "Transaction \(transaction.id) is completed, and no answer could change that. Nobody was asked."
      : "The push of transaction \(transaction.id) never got a CheckoutRequestID, so there is nothing to ask about."
  }
}
