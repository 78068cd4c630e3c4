import Daraja
import Payments

extension Order {
  /// An order of user 7.
  static func example(id: Int64 = 123, createdBy: String = "7", paidBy: TransactionID? = nil) -> Order {
    Order(
      id: OrderID(id), amount: Amount(cents: 150_000), description: "Two chairs", reference: "INV-9", paidBy: paidBy,
      createdBy: createdBy, createdAt: TestGateway.now)
  }
}

extension Transaction {
  /// A pending transaction of user 7 whose prompt is on the phone.
  static func example(id: Int64 = 456, createdBy: String = "7") throws -> Transaction {
    var transaction = Transaction(
      id: TransactionID(id), orderID: OrderID(123), amount: Amount(cents: 150_000), phone: try MSISDN("254712345678"),
      createdBy: createdBy, createdAt: TestGateway.now, nextQueryAt: TestGateway.now + 30_000_000)
    transaction.push = .accepted
    transaction.checkoutRequestID = "ws_CO_123456789"
    return transaction
  }
}
