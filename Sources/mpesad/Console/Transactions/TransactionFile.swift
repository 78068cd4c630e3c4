import HummingbirdCore
import NIOCore
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
    ResponseBody { [self] writer in
      try await writer.write(ByteBuffer(string: CSVText.row(Self.header)))
      var last: TransactionID?
      var left = maximumRows
      repeat {
        let page = try await store.transactions(filter, after: last, limit: min(BrowsingLimit.page, left))
        let rows = page.transactions.map { CSVText.row(Self.cells($0)) }.joined()
        if !rows.isEmpty { try await writer.write(ByteBuffer(string: rows)) }
        left -= page.transactions.count
        last = page.next
      } while last != nil && left > 0
      if last != nil {
        try await writer.write(ByteBuffer(string: CSVText.row([Self.cut(maximumRows)])))
      }
      try await writer.finish(nil)
    }
  }

  /// What the last row says where the list goes on.
  static func cut(_ rows: Int) -> String {
    "Only the newest \(rows) payments are in this file. Narrow the list by time to get the others."
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
