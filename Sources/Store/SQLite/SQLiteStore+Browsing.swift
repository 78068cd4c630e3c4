import Daraja
import GRDB
public import Payments

extension SQLiteStore: BrowsingStore {
  public func transactions(
    _ filter: TransactionFilter, after last: TransactionID?, limit: Int
  ) async throws -> TransactionPage {
    let limit = min(max(limit, 1), BrowsingLimit.page)
    var rows = try await read { db in
      let search = try TransactionSearch(filter, after: last, in: db)
      return try Row.fetchAll(db, sql: search.sql, arguments: search.arguments + [limit + 1]).map(Transaction.init)
    }
    guard rows.count > limit else { return TransactionPage(transactions: rows, next: nil) }
    rows.removeLast()
    return TransactionPage(transactions: rows, next: rows.last?.id)
  }

  public func deliveries(
    _ filter: DeliveryFilter, after last: DeliveryID?, limit: Int
  ) async throws -> DeliveryPage {
    let limit = min(max(limit, 1), BrowsingLimit.page)
    return try await read { db in
      try DeliverySearch(filter, after: last, in: db).page(limit: limit, in: db)
    }
  }

  public func deliveries(of transaction: TransactionID, limit: Int) async throws -> [Delivery] {
    try await read { db in
      let statement = try db.cachedStatement(sql: DeliverySearch.ofTransaction)
      return try Row.fetchAll(
        statement, arguments: [transaction.number, transaction.number, transaction.number, limit]
      ).map(Delivery.init)
    }
  }
}

/// A page of transactions as SQL.
///
/// The index is named and not left to the engine: without statistics it cannot know that a phone narrows more than a status does.
struct TransactionSearch {
  let sql: String
  let arguments: StatementArguments

  /// The statement's last argument is the limit.
  init(_ filter: TransactionFilter, after last: TransactionID?, in db: Database) throws {
    var conditions: [String] = []
    var arguments = StatementArguments()
    func require(_ condition: String, _ values: (any DatabaseValueConvertible)?...) {
      conditions.append(condition)
      arguments += StatementArguments(values)
    }
    if let name = filter.checkoutRequestID { require("checkout_request_id = ?", name) }
    if let receipt = filter.receipt { require("receipt = ?", receipt.text) }
    if let order = filter.order { require("order_id = ?", order.number) }
    if let name = filter.reference { require("order_id IN (SELECT id FROM orders WHERE reference = ?)", name) }
    if let phone = filter.phone { require("phone = ?", phone.digits) }
    if let user = filter.createdBy { require("created_by = ?", user) }
    if let status = filter.status { require("status = ?", status.rawValue) }
    // Always there, so that the index is entered at a place and not read from its end.
    require("created_at >= ?", filter.since ?? .min)
    if let until = filter.until { require("created_at < ?", until) }
    if let last {
      let created = try Int64.fetchOne(
        db, sql: "SELECT created_at FROM transactions WHERE id <= ? ORDER BY id DESC LIMIT 1", arguments: [last.number])
      require("(created_at, id) < (?, ?)", created ?? .min, last.number)
    }
    self.arguments = arguments
    sql = """
      SELECT \(Transaction.columns) FROM transactions INDEXED BY \(Self.index(for: filter))
      WHERE \(conditions.joined(separator: " AND ")) ORDER BY created_at DESC, id DESC LIMIT ?
      """
  }

  /// The index that leaves the fewest rows to look at.
  static func index(for filter: TransactionFilter) -> String {
    if filter.checkoutRequestID != nil { return "transactions_checkout" }
    if filter.receipt != nil { return "transactions_receipt" }
    if filter.order != nil || filter.reference != nil { return "transactions_order" }
    if filter.phone != nil { return "transactions_by_phone" }
    return switch (filter.createdBy, filter.status) {
    case (nil, nil): "transactions_created"
    case (nil, _): "transactions_by_status"
    case (_, nil): "transactions_by_user"
    case (_, _): "transactions_by_user_and_status"
    }
  }
}
