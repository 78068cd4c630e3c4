import Daraja
import Hummingbird
import Payments
import Store

/// Transactions as lists, and one of them with all that happened to it.
struct TransactionEndpoints: Sendable {
  /// What the ledger is asked with.
  typealias Ledger = PaymentStore & TimelineReading & BrowsingStore

  /// Lines of a timeline and deliveries that are shown of one transaction: many more than a payment has that nobody floods.
  static let timelineLimit = 500
  static let deliveryLimit = 100

  let ledger: any Ledger

  /// `GET /api/payments/transactions/`: newest first. Staff sees all, everybody else their own.
  func list(_ request: Request, _ context: APIContext) async throws -> Response {
    var query = try TransactionQuery(request.uri.query)
    if !context.caller.isStaff { query.filter.createdBy = context.caller.user }
    let page = try await ledger.transactions(query.filter, after: query.after, limit: Int(query.limit))
    return Response(
      .ok,
      .object([
        .init("transactions", .array(page.transactions.map(TransactionJSON.facts))),
        .init("next", .text(page.next?.description)),
      ]))
  }

  /// `GET /api/payments/transactions/{id}/`: all facts, the timeline, and the deliveries without their bodies.
  func show(_ request: Request, _ context: APIContext) async throws -> Response {
    let id = try await ledger.transaction(of: context).id
    async let lines = ledger.timeline(of: id, after: 0, limit: Self.timelineLimit)
    async let deliveries = ledger.deliveries(of: id, limit: Self.deliveryLimit)
    let (timeline, shown) = try await (lines, deliveries)
    // After the timeline, so that it is at least as new.
    let transaction = try await ledger.transaction(id, visibleTo: context)
    return Response(
      .ok,
      .object([
        .init("transaction", TransactionJSON.facts(transaction)),
        .init("timeline", .array(timeline.map { TransactionJSON.line($0, isForStaff: context.caller.isStaff) })),
        .init(
          "deliveries",
          .array(shown.map { TransactionJSON.delivery($0, of: transaction, isForStaff: context.caller.isStaff) })),
      ]))
  }
}
