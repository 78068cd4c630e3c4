import Gateway
import Payments

/// An order as operators see it.
struct OrderRecord: Codable, Hashable, Sendable {
  var orderID: Int64
  /// Shillings with two decimals.
  var amount: String
  var description: String
  var reference: String
  /// `paid` or `unpaid`.
  var status: String
  var paidByTransactionID: Int64?
  var createdBy: String
  var createdAt: Moment
  /// Until when the checkout page takes the payment; nil for ever.
  var expiresAt: Moment?
  var successURL: String?
  var cancelURL: String?
  /// Where the shopper pays; nil while neither `mpesa_checkout_url` nor `mpesa_callback_url` is set.
  var checkoutURL: String?

  init(_ order: Order, checkout: CheckoutAddresses) {
    orderID = order.id.number
    amount = order.amount.description
    description = order.description
    reference = order.reference
    status = order.paidBy == nil ? "unpaid" : "paid"
    paidByTransactionID = order.paidBy?.number
    createdBy = order.createdBy
    createdAt = Moment(order.createdAt)
    expiresAt = order.checkout.expiresAt.map { Moment($0) }
    successURL = order.checkout.successURL
    cancelURL = order.checkout.cancelURL
    checkoutURL = checkout.url(of: order)
  }

  var table: TextTable {
    var table = TextTable(header: [
      "order", "amount", "status", "paid by", "reference", "description", "user", "created", "expires", "checkout",
    ])
    table.add([
      String(orderID), amount, status, paidByTransactionID.map { "transaction \($0)" } ?? "", reference, description,
      createdBy, createdAt.description, expiresAt?.description ?? "", checkoutURL ?? "",
    ])
    table.alignRight(column: 1)
    return table
  }
}
