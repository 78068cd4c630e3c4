import Daraja
import GRDB
import Payments

/// How rows become values. Raw values that this program does not know are an error, never a default.
extension Transaction {
  static let columns = """
    id, order_id, amount, phone, created_by, created_at, push, checkout_request_id, merchant_request_id, status, reason, flags,
    receipt, received_amount, result_code, result_description, settled_at, next_query_at, last_query_at, queries,
    ambiguous_at, useless_answer_at, nonce
    """

  init(_ row: Row) throws {
    self.init(
      id: TransactionID(row[0]), orderID: OrderID(row[1]), amount: Amount(cents: row[2]),
      phone: try row.value(3) { try? MSISDN($0) }, createdBy: row[4], createdAt: row[5], nextQueryAt: 0,
      nonce: (row[22] as Int64?).map { Nonce($0) })
    push = try row.value(6, PushState.init(rawValue:))
    checkoutRequestID = row[7]
    merchantRequestID = row[8]
    status = try row.value(9, PaymentStatus.init(rawValue:))
    reason = try row.optional(10, Reason.init(rawValue:))
    flags = PaymentFlags(rawValue: row[11])
    receipt = try row.optional(12, Receipt.init)
    receivedAmount = (row[13] as Int64?).map(Amount.init(cents:))
    resultCode = (row[14] as String?).map { Daraja.ResultCode($0) }
    resultDescription = row[15]
    settledAt = row[16]
    nextQueryAt = row[17]
    lastQueryAt = row[18]
    queries = row[19]
    ambiguousAt = row[20]
    uselessAnswerAt = row[21]
  }
}

extension Order {
  static let columns =
    "id, amount, description, reference, paid_by, created_by, created_at, expires_at, success_url, cancel_url, nonce"

  init(_ row: Row) {
    self.init(
      id: OrderID(row[0]), amount: Amount(cents: row[1]), description: row[2], reference: row[3],
      paidBy: (row[4] as Int64?).map { TransactionID($0) }, createdBy: row[5], createdAt: row[6],
      checkout: CheckoutTerms(expiresAt: row[7], successURL: row[8], cancelURL: row[9]),
      nonce: (row[10] as Int64?).map { Nonce($0) })
  }
}

extension Delivery {
  static let columns = """
    id, body, received_at, source, token, state, attempts, note, transaction_id, purged_at IS NOT NULL, token_nonce
    """

  init(_ row: Row) throws {
    let body: [UInt8] = try row.withUnsafeData(atIndex: 1) { data in data.map { Array($0) } ?? [] }
    self.init(
      id: DeliveryID(row[0]), body: body, receivedAt: row[2], source: row[3],
      token: (row[4] as Int64?).map { ProvenToken(TransactionID($0), nonce: (row[10] as Int64?).map { Nonce($0) }) },
      state: try row.value(5, DeliveryState.init(rawValue:)),
      attempts: row[6], note: row[7], transaction: (row[8] as Int64?).map { TransactionID($0) }, isPurged: row[9])
  }
}

extension StoredEvent {
  static let columns = "kind, source, result_code, detail, at, delivery_id, status, reason"

  init(_ row: Row) throws {
    self.init(
      event: TimelineEvent(
        kind: try row.value(0, TimelineEvent.Kind.init(rawValue:)),
        source: try row.value(1, TimelineEvent.Source.init(rawValue:)),
        resultCode: (row[2] as String?).map { Daraja.ResultCode($0) }, detail: row[3], at: row[4]),
      delivery: (row[5] as Int64?).map { DeliveryID($0) }, status: try row.value(6, PaymentStatus.init(rawValue:)),
      reason: try row.optional(7, Reason.init(rawValue:)))
  }
}

extension Row {
  func value<Value>(_ column: Int, _ make: (String) -> Value?) throws -> Value {
    let text: String = self[column]
    guard let value = make(text) else {
      throw StoreError.unreadable(detail: "\(Value.self) in column \(Array(columnNames)[column])")
    }
    return value
  }

  fileprivate func optional<Value>(_ column: Int, _ make: (String) -> Value?) throws -> Value? {
    hasNull(atIndex: column) ? nil : try value(column, make)
  }
}
