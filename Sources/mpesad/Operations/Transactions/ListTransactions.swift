import Daraja
import Payments
import Store

/// Looks through transactions, newest first.
struct ListTransactions: Operation {
  static let name = "transactions-list"

  struct Answer: Codable, Sendable {
    var transactions: [TransactionRecord]
    /// What to give as `--after` for more; nil at the end.
    var next: Int64?
  }

  var status: PaymentStatus?
  var phone: String?
  var receipt: String?
  var order: Int64?
  var reference: String?
  var checkoutRequestID: String?
  var createdBy: String?
  var since: Moment?
  var until: Moment?
  var after: Int64?
  var limit: Int
  var showPhone: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let filter = try filter()
    let page = try await desk.store.transactions(
      filter, after: after.map { TransactionID($0) }, limit: limit)
    if showPhone, !page.transactions.isEmpty {
      desk.audit.operated(desk.actor, "looked at the full phone numbers of \(page.transactions.count) transactions")
    }
    return Answer(
      transactions: page.transactions.map { TransactionRecord($0, showPhone: showPhone) }, next: page.next?.number)
  }

  private func filter() throws -> TransactionFilter {
    var filter = TransactionFilter()
    filter.status = status
    filter.order = order.map { OrderID($0) }
    filter.reference = reference
    filter.checkoutRequestID = checkoutRequestID
    filter.createdBy = createdBy
    filter.since = since?.microseconds
    filter.until = until?.microseconds
    if let phone {
      do {
        filter.phone = try MSISDN(phone)
      } catch {
        throw OperationError(.invalid, "--phone: \(error)")
      }
    }
    if let receipt {
      guard let receipt = Receipt(receipt) else {
        throw OperationError(.invalid, "--receipt takes letters and digits, such as NLJ7RT61SV.")
      }
      filter.receipt = receipt
    }
    return filter
  }
}
