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
  /// Where shoppers pay; nil where they do not.
  let checkout: CheckoutAddresses?
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
      createdBy: context.caller.user, checkout: try body.checkoutTerms(at: now()))
    guard let key else { return created(try await store.createOrder(wanted, at: now())).response }
    return try await keyed.createOrder(
      wanted,
      KeyedRequest(user: context.caller.user, route: Self.route, key: key, fingerprint: body.fingerprint),
      answer: created)
  }

  /// The answer for a new order.
  @Sendable private func created(_ order: Order) -> APIAnswer {
    APIAnswer(.created, json(order), headers: [.location: "/api/orders/\(order.id)/"])
  }

  /// `GET /api/orders/{id}/`
  func show(_ request: Request, _ context: APIContext) async throws -> Response {
    let id = OrderID(try context.number(orElse: .orderNotFound))
    // Another user's order is answered like one that is not there, so that numbers cannot be tried.
    guard let order = try await store.order(id), context.caller.mayRead(createdBy: order.createdBy) else {
      throw APIError(.orderNotFound)
    }
    return Response(.ok, json(order))
  }

  private func json(_ order: Order) -> JSONValue {
    .object([
      .init("order_id", .integer(order.id.number)), .init("amount", .string(order.amount.description)),
      .init("description", .string(order.description)), .init("reference", .string(order.reference)),
      .init("status", .string(order.paidBy == nil ? "unpaid" : "paid")),
      .init("paid_by_transaction_id", order.paidBy.map { .integer($0.number) } ?? .null),
      .init("created_at", .string(Self.time(order.createdAt))),
      .init("expires_at", .text(order.checkout.expiresAt.map(Self.time))),
      .init("success_url", .text(order.checkout.successURL)), .init("cancel_url", .text(order.checkout.cancelURL)),
      .init("checkout_url", .text(checkout?.url(of: order))),
    ])
  }

  private static func time(_ moment: Microseconds) -> String {
    Date(timeIntervalSince1970: Double(moment) / 1_000_000).formatted(.iso8601)
  }
}
