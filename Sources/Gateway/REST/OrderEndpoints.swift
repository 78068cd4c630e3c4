import Daraja
import Foundation
import HTTPTypes
import Hummingbird
import Payments
import Store

/// Orders: what is owed is fixed here, so that an amount never comes from a shopper's browser.
struct OrderEndpoints: Sendable {
  let store: any PaymentStore
  let keyed: KeyedRequests
  let now: @Sendable () -> Microseconds
  let bodyLimit: Int

  /// What keys of this address are filed under. Stands in the database.
  private static let route = "orders"

  /// `POST /api/orders/`
  func create(_ request: Request, _ context: APIContext) async throws -> Response {
    let key = try IdempotencyKey.read(request.headers)
    let body = try await JSONObject.read(request, limit: bodyLimit)
    let wanted = NewOrder(
      amount: try body.amount(), description: try body.description(), reference: try body.reference(),
      createdBy: context.caller.user)
    guard let key else { return Self.created(try await store.createOrder(wanted, at: now())).response }
    return try await keyed.createOrder(
      wanted,
      KeyedRequest(user: context.caller.user, route: Self.route, key: key, fingerprint: body.fingerprint))
  }

  /// The answer for a new order.
  static func created(_ order: Order) -> APIAnswer {
    APIAnswer(.created, json(order), headers: [.location: "/api/orders/\(order.id)/"])
  }

  /// `GET /api/orders/{id}/`
  func show(_ request: Request, _ context: APIContext) async throws -> Response {
    let id = OrderID(try context.number(orElse: .orderNotFound))
    // Another user's order is answered like one that is not there, so that numbers cannot be tried.
    guard let order = try await store.order(id), context.caller.mayRead(createdBy: order.createdBy) else {
      throw APIError(.orderNotFound)
    }
    return Response(.ok, Self.json(order))
  }

  static func json(_ order: Order) -> JSONValue {
    let createdAt = Date(timeIntervalSince1970: Double(order.createdAt) / 1_000_000)
    return .object([
      .init("order_id", .integer(order.id.number)), .init("amount", .string(order.amount.description)),
      .init("description", .string(order.description)), .init("reference", .string(order.reference)),
      .init("status", .string(order.paidBy == nil ? "unpaid" : "paid")),
      .init("paid_by_transaction_id", order.paidBy.map { .integer($0.number) } ?? .null),
      .init("created_at", .string(createdAt.formatted(.iso8601))),
    ])
  }
}
