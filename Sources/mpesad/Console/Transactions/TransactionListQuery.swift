import Daraja
import Payments
import Store

/// Which payments a list shows, as its address says it. No phone number stands in an address: a payer is named by one of their payments.
struct TransactionListQuery: Decodable, Hashable, Sendable {
  /// Rows of a page.
  static let pageLength = 50

  var status: String?
  /// A payment, whose payer's are wanted.
  var payer: Int64?
  var order: Int64?
  /// The merchant's own name for an order.
  var reference: String?
  /// The first day, in East Africa Time.
  var from: String?
  /// The last day.
  var to: String?
  var after: Int64?

  /// Its address below `/console`.
  var path: String { "/transactions" + text }
  /// Its file's.
  var filePath: String {
    var all = self
    all.after = nil
    return "/transactions.csv" + all.text
  }

  private var text: String {
    QueryText.text([
      ("status", status), ("payer", payer.map { String($0) }), ("order", order.map { String($0) }),
      ("reference", reference), ("from", from), ("to", to), ("after", after.map { String($0) }),
    ])
  }

  /// The same list with another status, from its beginning.
  func with(status: PaymentStatus?) -> TransactionListQuery {
    var other = self
    (other.status, other.after) = (status?.rawValue, nil)
    return other
  }

  /// What the store is asked for.
  /// - Parameter phone: the payer's.
  /// - Throws: ``OperationError`` where the address says what cannot be.
  func filter(phone: MSISDN?) throws -> TransactionFilter {
    var filter = TransactionFilter()
    if let status {
      guard let known = PaymentStatus(rawValue: status) else {
        throw OperationError(.invalid, "There is no such status: a payment is pending, completed, failed or in review.")
      }
      filter.status = known
    }
    filter.phone = phone
    filter.order = order.map { OrderID($0) }
    if let reference {
      guard NewOrder.isReference(reference) else {
        throw OperationError(.invalid, "No order can have such a reference: it has up to 12 letters and digits.")
      }
      filter.reference = reference
    }
    filter.since = try from.map(ShownDay.chosen)?.start
    filter.until = try to.map(ShownDay.chosen)?.end
    return filter
  }
}
