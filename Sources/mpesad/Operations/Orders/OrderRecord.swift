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

  init(_ order: Order) {
    orderID = order.id.number
    amount = order.amount.description
    description = order.description
    reference = order.reference
    status = order.paidBy == nil ? "unpaid" : "paid"
    paidByTransactionID = order.paidBy?.number
    createdBy = order.createdBy
    createdAt = Moment(order.createdAt)
  }

  var table: TextTable {
    var table = TextTable(header: [
      "order", "amount", "status", "paid by", "reference", "description", "user", "created",
    ])
    table.add([
      String(orderID), amount, status, paidByTransactionID.map { "transaction \($0)" } ?? "", reference, description,
      createdBy, createdAt.description,
    ])
    table.alignRight(column: 1)
    return table
  }
}
