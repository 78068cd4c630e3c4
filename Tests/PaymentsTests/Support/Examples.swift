import Daraja
import Payments

/// The values that these specifications are about: a prompt over KES 1,500.00, sent at `pushedAt`.
enum Example {
  static let pushedAt: Microseconds = 1_700_000_000_000_000
  static let now = pushedAt + 40_000_000
  static let scheduled = now + 20_000_000
  static let id = TransactionID(456)
  static let other = TransactionID(77)
  static let checkout = "ws_CO_24112026101112712345678"
  static let amount = Amount(cents: 150_000)
  static let otherAmount = Amount(cents: 100)

  static var receipt: Receipt { get throws { try receipt("NLJ7RT61SV") } }
  static var otherReceipt: Receipt { get throws { try receipt("TKX0AA11BB") } }

  struct NotAReceipt: Error { var text: String }

  static func receipt(_ text: String) throws -> Receipt {
    guard let receipt = Receipt(text) else { throw NotAReceipt(text: text) }
    return receipt
  }

  static func transaction(_ change: (inout Transaction) throws -> Void = { _ in }) throws -> Transaction {
    var transaction = Transaction(
      id: id, orderID: OrderID(123), amount: amount, phone: try MSISDN("254712345678"), createdBy: "7",
      createdAt: pushedAt, nextQueryAt: scheduled - 10_000_000)
    transaction.push = .accepted
    transaction.checkoutRequestID = checkout
    transaction.merchantRequestID = "29115-34620561-1"
    try change(&transaction)
    return transaction
  }

  /// A callback that says paid, as asked for.
  static func success(_ change: (inout STKCallback) throws -> Void = { _ in }) throws -> STKCallback {
    var callback = STKCallback(
      merchantRequestID: "29115-34620561-1", checkoutRequestID: checkout, resultCode: .success,
      resultDescription: "The service request is processed successfully.", amount: amount, receipt: try receipt)
    try change(&callback)
    return callback
  }

  static func refusal(_ code: ResultCode) -> STKCallback {
    STKCallback(merchantRequestID: "29115-34620561-1", checkoutRequestID: checkout, resultCode: code)
  }

  /// Weighs evidence 40 s after the push, with a next question on the schedule unless said otherwise.
  static func settle(
    _ transaction: Transaction, _ evidence: Evidence,
    in circumstances: Circumstances = Circumstances(nextQueryAt: scheduled), at now: Microseconds = now
  ) -> Decision {
    Payments.settle(transaction, with: evidence, in: circumstances, at: now)
  }
}
