import Foundation
import Payments
import Store

/// A delivery as operators see it.
struct DeliveryRecord: Codable, Hashable, Sendable {
  var deliveryID: Int64
  var receivedAt: Moment
  var source: String
  var state: DeliveryState
  /// The number of the transaction whose own address it came to; nil for the bare address. An unmatched one came to the address of a transaction
  /// that is not here, whatever has that number now.
  var addressedTo: Int64?
  /// The transaction it was settled with.
  var transactionID: Int64?
  var attempts: Int
  var note: String?
  /// The length of the body in bytes.
  var length: Int
  /// The body, or its beginning in lists, as one line of text: see ``PlainText``. Phone numbers are masked unless the operator asked to see
  /// them.
  var body: String

  init(_ summary: DeliverySummary, showPhone: Bool) {
    let mask = PhoneMask(showing: showPhone)
    let text = PlainText.line(summary.beginning)
    self.init(
      id: summary.id, receivedAt: summary.receivedAt, source: summary.source, state: summary.state,
      token: summary.token, transaction: summary.transaction, attempts: summary.attempts, note: summary.note,
      length: summary.length, body: summary.length > summary.beginning.count ? mask(cut: text) + "…" : mask(text))
  }

  init(_ delivery: Delivery, mask: PhoneMask) {
    self.init(
      id: delivery.id, receivedAt: delivery.receivedAt, source: delivery.source, state: delivery.state,
      token: delivery.token?.id, transaction: delivery.transaction, attempts: delivery.attempts, note: delivery.note,
      length: delivery.body.count, body: mask(PlainText.line(delivery.body)))
  }

  private init(
    id: DeliveryID, receivedAt: Int64, source: String, state: DeliveryState, token: TransactionID?,
    transaction: TransactionID?, attempts: Int, note: String?, length: Int, body: String
  ) {
    deliveryID = id.number
    self.receivedAt = Moment(receivedAt)
    self.source = source
    self.state = state
    addressedTo = token?.number
    transactionID = transaction?.number
    self.attempts = attempts
    self.note = note
    self.length = length
    self.body = body
  }

  /// ``addressedTo`` where that transaction can be here.
  private var addressee: Int64? { state == .unmatched ? nil : addressedTo }

  /// Many of them, a row each.
  static func table(_ records: [DeliveryRecord]) -> TextTable {
    var table = TextTable(
      header: ["delivery", "received", "source", "state", "transaction", "bytes", "attempts", "note"])
    for record in records {
      table.add([
        String(record.deliveryID), record.receivedAt.description, record.source, record.state.rawValue,
        (record.transactionID ?? record.addressee).map { String($0) } ?? "", String(record.length),
        String(record.attempts), record.note ?? "",
      ])
    }
    for column in [0, 4, 5, 6] { table.alignRight(column: column) }
    return table
  }

  /// All of this one, a row for each fact.
  var table: TextTable {
    var table = TextTable(header: ["fact", "value"])
    table.add(["delivery", String(deliveryID)])
    table.add(["received", receivedAt.description])
    table.add(["source", source])
    table.add([
      "address",
      addressedTo.map { addressee == nil ? "of a transaction \($0) that is not here" : "transaction \($0)'s own" }
        ?? "bare: not believed until Safaricom confirms",
    ])
    table.add(["state", state.rawValue])
    table.add(["transaction", transactionID.map { String($0) } ?? ""])
    table.add(["attempts", String(attempts)])
    table.add(["note", note ?? ""])
    table.add(["bytes", String(length)])
    table.add(escaped: ["body", body])
    return table
  }
}
