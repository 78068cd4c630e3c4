import Daraja
import Payments
import Store

/// Looking through payments.
enum TransactionPages {
  static let all: [ConsolePage] =
    [
      .get("/transactions", list),
      .get("/transactions.csv", file),
      // A form and not an address, since what is looked for may be a phone number. Whoever may look may search.
      ConsolePage(method: .post, path: "/transactions/search", role: .readOnly, action: search),
    ] + TransactionDetailPages.all

  @Sendable private static func list(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let query = try request.query(as: TransactionListQuery.self)
    let (filter, payer) = try await filter(query, at: request.desk)
    let page = try await request.desk.store.transactions(
      filter, after: query.after.map { TransactionID($0) }, limit: TransactionListQuery.pageLength)
    let census = try await request.desk.store.census()
    return .page(
      ConsoleView(
        title: "Transactions", section: .transactions, template: "transactions",
        content: TransactionListView(page, query, payer: payer, census: census)))
  }

  @Sendable private static func file(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let (filter, _) = try await filter(try request.query(as: TransactionListQuery.self), at: request.desk)
    request.desk.audit.operated(request.desk.actor, "took a list of payments as a file")
    return .file(
      name: "transactions.csv", contentType: "text/csv; charset=utf-8; header=present",
      body: TransactionFile(store: request.desk.store, filter: filter).body)
  }

  @Sendable private static func search(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await TransactionFinder(desk: request.desk, form: try request.form(as: TransactionFinder.Form.self)).find()
  }

  private static func filter(
    _ query: TransactionListQuery, at desk: OperatorDesk
  ) async throws -> (TransactionFilter, payer: Transaction?) {
    var payer: Transaction?
    if let number = query.payer { payer = try await desk.transaction(number) }
    return (try query.filter(phone: payer?.phone), payer)
  }
}
