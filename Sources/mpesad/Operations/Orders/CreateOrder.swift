import Daraja
import Payments

/// Makes an order.
struct CreateOrder: Operation {
  static let name = "orders-create"
  static let makesStateDirectory = true

  /// Shillings, such as `1500` or `1500.00`.
  var amount: String
  var reference: String
  var description: String
  /// Whose order it is: that user's token sees it in the API. Nil for the operator's own.
  var user: String?
  /// Where a shopper who paid goes from the checkout page.
  var successURL: String?
  /// Where a shopper who does not want to pay goes.
  var cancelURL: String?
  /// For how many seconds the checkout page takes the payment; nil for a day.
  var expiresIn: Int64?

  func perform(at desk: OperatorDesk) async throws -> OrderRecord {
    guard let amount = Amount(amount), amount.cents > 0 else {
      throw OperationError(.invalid, "The amount must be shillings above zero, such as 1500 or 1500.00.")
    }
    guard NewOrder.isReference(reference) else {
      throw OperationError(
        .invalid,
        "The reference must have 1 to \(STKPushRequest.maximumAccountReferenceLength) letters, digits, spaces and dashes: "
          + "the shopper sees it as the account.")
    }
    guard NewOrder.isDescription(description) else {
      throw OperationError(
        .invalid,
        "The description may have \(NewOrder.maximumDescriptionLength) characters, and none that control a terminal.")
    }
    let now = desk.timing.now()
    let wanted = NewOrder(
      amount: amount, description: description, reference: reference, createdBy: user ?? desk.actor,
      checkout: try terms(at: now))
    return OrderRecord(try await desk.store.createOrder(wanted, at: now), checkout: desk.checkout)
  }

  private func terms(at now: Microseconds) throws -> CheckoutTerms {
    for (name, address) in [("success", successURL), ("cancel", cancelURL)] {
      guard let address, !CheckoutTerms.isReturnURL(address) else { continue }
      throw OperationError(
        .invalid,
        "The \(name) URL must be an absolute https address without a user, of at most \(CheckoutTerms.maximumURLLength) characters; "
          + "http is taken for this machine only.")
    }
    let lifetime = expiresIn ?? CheckoutTerms.standardLifetime
    guard CheckoutTerms.lifetimes.contains(lifetime) else {
      throw OperationError(
        .invalid,
        "The expiry must be from \(CheckoutTerms.lifetimes.lowerBound) to \(CheckoutTerms.lifetimes.upperBound) seconds."
      )
    }
    return CheckoutTerms(expiresAt: now + lifetime * 1_000_000, successURL: successURL, cancelURL: cancelURL)
  }
}
