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
    let wanted = NewOrder(
      amount: amount, description: description, reference: reference, createdBy: user ?? desk.actor)
    return OrderRecord(try await desk.store.createOrder(wanted, at: desk.timing.now()))
  }
}
