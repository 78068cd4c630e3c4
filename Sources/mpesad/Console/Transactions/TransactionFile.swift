import HummingbirdCore
import Payments
import Store

/// A list of payments as a file. It is read and sent a page at a time, so that a long one takes no memory; phones are masked.
struct TransactionFile: Sendable {
  /// Payments in one file at most: some 15 MB, and more than a spreadsheet is pleasant with.
  static let maximumRows = 100_000

  static let header = [
    "payment", "created", "status", "reason", "flags", "amount", "received", "phone", "receipt", "order", "push",
    "result code", "result text", "user", "settled",
  ]

  let store: any BrowsingStore
  let filter: TransactionFilter
  var maximumRows = Self.maximumRows

  var body: ResponseBody {
    CSVFile<TransactionID>(header: Self.header, what: "payments", maximumRows: maximumRows) {
      [store, filter] last, limit in
      let page = try await store.transactions(filter, after: last, limit: limit)
      return (page.transactions.map(Self.cells), page.next)
    }.body
  }

  private static func cells(_ transaction: Transaction) -> [String] {
    let record = TransactionRecord(transaction, showPhone: false)
    return [
      String(record.transactionID), record.createdAt.description, record.status.rawValue, record.reason ?? "",
      record.flags.joined(separator: " "), record.amount, record.receivedAmount ?? "", record.phone,
      record.receipt ?? "", String(record.orderID), record.push, record.resultCode ?? "",
      PhoneMask(showing: false, phone: transaction.phone)(record.resultDescription ?? ""), record.createdBy,
      record.settledAt?.description ?? "",
    ]
  }
}
