import Daraja
import Foundation
import Payments
import Store

/// A transaction and what happened to it, as the API shows them.
enum TransactionJSON {
  /// All facts of a transaction. Times are ISO 8601, UTC.
  static func facts(_ transaction: Transaction) -> JSONValue {
    .object([
      .init("transaction_id", .integer(transaction.id.number)), .init("order_id", .integer(transaction.orderID.number)),
      .init("payment_status", .string(transaction.status.rawValue)),
      .init("reason", .text(transaction.reason?.rawValue)),
      .init("flags", .array(transaction.flags.names.map { .string($0) })),
      .init("amount", .string(transaction.amount.description)),
      .init("received_amount", .text(transaction.receivedAmount?.description)),
      .init("phone_number", .string(transaction.phone.digits)),
      .init("mpesa_receipt_number", .text(transaction.receipt?.text)),
      .init("push_status", .string(transaction.push.rawValue)),
      .init("checkout_request_id", .text(transaction.checkoutRequestID)),
      .init("merchant_request_id", .text(transaction.merchantRequestID)),
      .init("result_code", .text(transaction.resultCode?.text)),
      .init("result_description", .text(transaction.resultDescription)),
      .init("user_id", .string(transaction.createdBy)),
      .init("created_at", time(transaction.createdAt)), .init("settled_at", time(transaction.settledAt)),
      .init("queries", .integer(Int64(transaction.queries))), .init("last_query_at", time(transaction.lastQueryAt)),
      .init("next_query_at", time(transaction.nextQueryAt)),
    ])
  }

  /// One line of a timeline.
  /// - Parameter isForStaff: whether the reader may see what an operator wrote.
  static func line(_ numbered: NumberedEvent, isForStaff: Bool) -> JSONValue {
    let line = numbered.line
    let detail = line.event.source == .ruling && !isForStaff ? "A person decided." : line.event.detail
    return .object([
      .init("id", .integer(numbered.number)), .init("at", time(line.event.at)),
      .init("kind", .string(line.event.kind.rawValue)), .init("source", .string(line.event.source.rawValue)),
      .init("payment_status", .string(line.status.rawValue)), .init("reason", .text(line.reason?.rawValue)),
      .init("result_code", .text(line.event.resultCode?.text)), .init("detail", .string(detail)),
      .init("delivery_id", line.delivery.map { .integer($0.number) } ?? .null),
    ])
  }

  /// What came to a callback address, without its body.
  /// - Parameters:
  ///   - transaction: the one it is listed with.
  ///   - isForStaff: whether the reader may see where it came from, and notes for people of the house.
  static func delivery(_ delivery: Delivery, of transaction: Transaction, isForStaff: Bool) -> JSONValue {
    .object([
      .init("delivery_id", .integer(delivery.id.number)), .init("received_at", time(delivery.receivedAt)),
      .init("source", .text(isForStaff ? delivery.source : nil)),
      .init("is_trusted", .bool(delivery.isProof(of: transaction))), .init("state", .string(delivery.state.rawValue)),
      .init("note", .text(isForStaff ? delivery.note : nil)),
    ])
  }

  /// A moment as ISO 8601 with milliseconds, UTC; `null` where there is none.
  static func time(_ at: Microseconds?) -> JSONValue {
    guard let at else { return .null }
    let date = Date(timeIntervalSince1970: Double(at) / 1_000_000)
    return .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }
}
