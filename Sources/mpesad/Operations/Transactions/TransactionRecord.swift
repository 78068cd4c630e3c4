import Payments

/// A transaction as operators see it.
struct TransactionRecord: Codable, Hashable, Sendable {
  var transactionID: Int64
  var orderID: Int64
  /// What was asked for, in shillings with two decimals.
  var amount: String
  /// Masked, unless the operator asked to see it.
  var phone: String
  var status: PaymentStatus
  var reason: String?
  var flags: [String]
  var receipt: String?
  /// What came, where it differs from what was asked for.
  var receivedAmount: String?
  /// `requested`, `accepted`, `uncertain` or `rejected`.
  var push: String
  /// Ends in the payer's number, and is masked like it.
  var checkoutRequestID: String?
  var merchantRequestID: String?
  var resultCode: String?
  var resultDescription: String?
  var createdBy: String
  var createdAt: Moment
  var settledAt: Moment?
  var nextQueryAt: Moment?
  var lastQueryAt: Moment?
  var queries: Int

  init(_ transaction: Transaction, showPhone: Bool) {
    let mask = PhoneMask(showing: showPhone, phone: transaction.phone)
    transactionID = transaction.id.number
    orderID = transaction.orderID.number
    amount = transaction.amount.description
    phone = mask(transaction.phone)
    status = transaction.status
    reason = transaction.reason?.rawValue
    flags = transaction.flags.names
    receipt = transaction.receipt?.text
    receivedAmount = transaction.receivedAmount?.description
    push = transaction.push.rawValue
    checkoutRequestID = transaction.checkoutRequestID.map { mask($0) }
    merchantRequestID = transaction.merchantRequestID
    resultCode = transaction.resultCode?.text
    resultDescription = transaction.resultDescription
    createdBy = transaction.createdBy
    createdAt = Moment(transaction.createdAt)
    settledAt = transaction.settledAt.map(Moment.init)
    nextQueryAt = transaction.nextQueryAt.map(Moment.init)
    lastQueryAt = transaction.lastQueryAt.map(Moment.init)
    queries = transaction.queries
  }

  /// Many of them, a row each.
  static func table(_ records: [TransactionRecord]) -> TextTable {
    var table = TextTable(
      header: ["transaction", "created", "status", "reason", "amount", "phone", "receipt", "order", "flags"])
    for record in records {
      table.add([
        String(record.transactionID), record.createdAt.description, record.status.rawValue, record.reason ?? "",
        record.amount, record.phone, record.receipt ?? "", String(record.orderID), record.flags.joined(separator: " "),
      ])
    }
    for column in [0, 4, 7] { table.alignRight(column: column) }
    return table
  }

  /// All that is known of this one, a row for each fact.
  var table: TextTable {
    let facts: [(String, String?)] = [
      ("transaction", String(transactionID)), ("order", String(orderID)), ("amount", amount), ("phone", phone),
      ("status", status.rawValue), ("reason", reason), ("flags", flags.joined(separator: " ")), ("receipt", receipt),
      ("received amount", receivedAmount), ("push", push), ("checkout request id", checkoutRequestID),
      ("merchant request id", merchantRequestID), ("result code", resultCode), ("result text", resultDescription),
      ("user", createdBy), ("created", createdAt.description), ("settled", settledAt?.description),
      ("asked next", nextQueryAt?.description), ("asked last", lastQueryAt?.description), ("asked", String(queries)),
    ]
    var table = TextTable(header: ["fact", "value"])
    for (fact, value) in facts { table.add([fact, value ?? ""]) }
    return table
  }
}
