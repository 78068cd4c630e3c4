import Daraja
import Payments
import Store

/// What `GET /api/payments/transactions/` lists.
struct TransactionQuery {
  static let parameters: Set = [
    "after", "limit", "status", "phone_number", "receipt", "order_id", "checkout_request_id", "created_from",
    "created_to",
  ]
  /// Transactions on one page.
  static let limits: ClosedRange<Int64> = 1...200
  static let usualLimit: Int64 = 50
  /// The longest CheckoutRequestID, in bytes (captured ones have at most 40).
  static let longestCheckoutRequestID = 64

  var filter = TransactionFilter()
  var after: TransactionID?
  var limit = TransactionQuery.usualLimit

  /// - Throws: `APIError` that names the parameter.
  init(_ query: String?) throws(APIError) {
    let given = try QueryParameters(query, known: Self.parameters)
    let rows: ClosedRange<Int64> = 1...Int64.max
    after = try given.value("after", expected: "the value of next in the page before") {
      QueryParameters.number($0, in: rows).map { TransactionID($0) }
    }
    limit =
      try given.value("limit", expected: "a number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)") {
        QueryParameters.number($0, in: Self.limits)
      } ?? Self.usualLimit
    let statuses = PaymentStatus.allCases.map(\.rawValue).joined(separator: ", ")
    filter.status = try given.value("status", expected: "one of \(statuses)", PaymentStatus.init(rawValue:))
    filter.phone = try given.value("phone_number", expected: "a Kenyan mobile number, for example 254712345678") {
      try? MSISDN($0)
    }
    filter.receipt = try given.value("receipt", expected: "1 to \(Receipt.maximumLength) letters and digits") { text in
      Receipt(text).flatMap { $0.text == text ? $0 : nil }
    }
    filter.order = try given.value("order_id", expected: "the whole number of an order") {
      QueryParameters.number($0, in: rows).map { OrderID($0) }
    }
    filter.checkoutRequestID = try given.value(
      "checkout_request_id", expected: "1 to \(Self.longestCheckoutRequestID) printable characters"
    ) { QueryParameters.name($0, maximumLength: Self.longestCheckoutRequestID) }
    let time = "a time such as 2026-11-25T09:30:00Z, its + written as %2B"
    filter.since = try given.value("created_from", expected: time, InternetTime.microseconds)
    filter.until = try given.value("created_to", expected: time, InternetTime.microseconds)
  }
}
