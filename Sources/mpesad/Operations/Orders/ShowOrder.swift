import Payments

/// Looks an order up.
struct ShowOrder: Operation {
  static let name = "orders-show"

  var order: Int64

  func perform(at desk: OperatorDesk) async throws -> OrderRecord {
    guard let found = try await desk.store.order(OrderID(order)) else {
      throw OperationError(.notFound, "There is no order \(order).")
    }
    return OrderRecord(found, checkout: desk.checkout)
  }
}
