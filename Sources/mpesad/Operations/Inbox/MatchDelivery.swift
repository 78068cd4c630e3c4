import Daraja
import Payments
import Store

/// Takes a delivery that fitted nothing to be about a certain payment, so that Safaricom can be asked about it.
///
/// A person correlates, Safaricom proves: the match names the push and settles nothing.
struct MatchDelivery: Operation {
  static let name = "inbox-match"

  struct Answer: Codable, Sendable {
    /// What the match means, in words.
    var consequence: String
    var transaction: TransactionRecord
  }

  var delivery: Int64
  var transaction: Int64
  var reason: String
  /// Only says what the match would mean.
  var isDryRun: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let found = try await desk.delivery(delivery)
    let callback = try found.matchable()
    guard let name = callback.checkoutRequestID else { throw OperationError.notMatchable(delivery) }
    let before = try await desk.transaction(transaction)
    if let objection = before.objection(to: MatchClues(callback)) { throw refusal(objection) }
    let consequence =
      "Transaction \(before.id) (\(before.amount) from \(before.phone.masked), now \(before.status.rawValue)) is taken to be the one "
      + "that delivery \(delivery) is about, and Safaricom is asked. Only Safaricom's answer settles it: what the delivery says of "
      + "money is not believed."
    guard !isDryRun else {
      return Answer(consequence: consequence, transaction: TransactionRecord(before, showPhone: false))
    }
    try OperatorReason.check(reason)
    let match = Match(delivery: found.id, checkoutRequestID: name, who: desk.actor, why: reason)
    switch try await desk.store.match(match, with: before.id, at: desk.timing.now()) {
    case .matched(let before, let decision):
      desk.audit.record(decision, before: before, by: desk.actor)
      return Answer(
        consequence: consequence, transaction: TransactionRecord(decision.transaction, showPhone: false))
    case .notMatchable: throw OperationError.notMatchable(delivery)
    case .noSuchTransaction: throw OperationError(.notFound, "There is no transaction \(transaction).")
    case .objection(let objection): throw refusal(objection)
    case .taken(let holder):
      throw OperationError(
        .refused, "Transaction \(holder) has the CheckoutRequestID of delivery \(delivery) by now. Replay the delivery."
      )
    }
  }

  private func refusal(_ objection: MatchObjection) -> OperationError {
    let why =
      switch objection {
      case .completed: "it is completed, and no answer could change that"
      case .named: "Safaricom gave its push another CheckoutRequestID"
      case .answerDue: "the answer to its push is still on its way; try again in a minute"
      case .rejected: "Safaricom refused its push, so nobody was prompted"
      case .otherPhone: "the delivery is about another phone"
      case .otherAmount: "the delivery is about another amount"
      }
    return OperationError(.refused, "Transaction \(transaction) cannot be matched with delivery \(delivery): \(why).")
  }
}

extension OperatorDesk {
  /// The delivery of this number.
  /// - Throws: ``OperationError`` when there is none.
  func delivery(_ number: Int64) async throws -> Delivery {
    guard let found = try await store.delivery(DeliveryID(number)) else {
      throw OperationError(.notFound, "There is no delivery \(number) in the inbox.")
    }
    return found
  }
}

extension Delivery {
  /// What it says, where it fitted no transaction and came to the bare address: only that can be matched by a person.
  func matchable() throws -> STKCallback {
    guard state == .unmatched, token == nil, case .stk(let callback)? = try? CallbackMessage.parse(body),
      callback.checkoutRequestID != nil
    else { throw OperationError.notMatchable(id.number) }
    return callback
  }
}

extension OperationError {
  fileprivate static func notMatchable(_ delivery: Int64) -> OperationError {
    OperationError(
      .refused,
      "Delivery \(delivery) cannot be matched: only what is unmatched, came to the bare address and names a CheckoutRequestID can. "
        + "Anything else belongs to the transaction whose address it came to, or to none.")
  }
}
