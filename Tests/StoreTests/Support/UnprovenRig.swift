import Crypto
import Daraja
import NIOCore
import Payments

@testable import Store

/// A store, and what strangers and Safaricom post to it.
struct UnprovenRig: Sendable {
  let store: SQLiteStore

  /// A body of so many bytes that no other number has.
  static func body(_ number: Int, bytes: Int) -> [UInt8] {
    var text = Array("\(number);".utf8)
    while text.count < bytes { text.append(UInt8(ascii: "x")) }
    return Array(text.prefix(bytes))
  }

  static func hash(_ number: Int, bytes: Int) -> String {
    SHA256.hash(data: body(number, bytes: bytes)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
  }

  struct NotStored: Error {}

  func store(_ delivery: NewDelivery) async throws -> DeliveryID {
    guard case .stored(let id) = try await store.append(delivery) else { throw NotStored() }
    return id
  }

  func quarantined(
    _ number: Int, bytes: Int = 20, token: TransactionID? = nil, at now: Microseconds = UnprovenBudgetTests.now
  ) async throws -> DeliveryID {
    let id = try await store(
      NewDelivery(
        body: ByteBuffer(bytes: Self.body(number, bytes: bytes)), receivedAt: now, source: "10.0.0.1",
        token: token.map { ProvenToken($0, nonce: Nonce(7)) }))
    _ = try await store.conclude([(id, .quarantine(reason: "noise"))], at: now)
    return id
  }

  func flood(
    _ count: Int, bytes: Int, at now: Microseconds = UnprovenBudgetTests.now
  ) async throws -> [DeliveryID] {
    var ids: [DeliveryID] = []
    for number in 0..<count { ids.append(try await quarantined(number, bytes: bytes, at: now)) }
    return ids
  }

  /// A message that names this CheckoutRequestID, which nobody has.
  func unmatched(_ name: String, token: TransactionID? = nil, then: Unmatched) async throws -> DeliveryID {
    let now = UnprovenBudgetTests.now
    let id = try await store(
      NewDelivery(
        body: ByteBuffer(string: name), receivedAt: now, source: "10.0.0.1",
        token: token.map { ProvenToken($0, nonce: Nonce(7)) }))
    let subject = token.map { Subject.token(ProvenToken($0, nonce: Nonce(7))) } ?? .checkoutRequestID(name)
    let callback = STKCallback(checkoutRequestID: name, resultCode: "1032")
    _ = try await store.conclude(
      [(id, .evidence(about: subject, callback, token == nil ? .none : .token, ifUnknown: then))], at: now)
    return id
  }

  /// A message about the payment with this CheckoutRequestID.
  func about(_ name: String, _ trust: Trust, openedFirst: Bool = false) async throws -> DeliveryID {
    let now = UnprovenBudgetTests.now
    if openedFirst { _ = try await transaction(name) }
    let id = try await store(
      NewDelivery(body: ByteBuffer(string: "about \(name)"), receivedAt: now, source: "10.0.0.1", token: nil))
    let callback = STKCallback(checkoutRequestID: name, resultCode: "9999")
    _ = try await store.conclude(
      [(id, .evidence(about: .checkoutRequestID(name), callback, trust, ifUnknown: .giveUp))], at: now)
    return id
  }

  /// A payment whose push got this CheckoutRequestID; whose answer was lost where it got none.
  func transaction(
    _ name: String?, nextQueryAt: Microseconds = UnprovenBudgetTests.now + 30_000_000
  ) async throws -> TransactionID {
    let now = UnprovenBudgetTests.now
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 100), description: "", reference: "A", createdBy: "7"), at: now)
    let opening = try await store.openPush(
      order: order.id, phone: try MSISDN("254712345678"), createdBy: "7",
      rules: AdmissionRules(promptLifetime: 0, coolDown: 0),
      firstQueryAt: nextQueryAt, at: now)
    guard case .opened(let transaction, _) = opening else { throw NotStored() }
    let answer =
      name.map { PushAnswer.accepted(merchantRequestID: nil, checkoutRequestID: $0) } ?? .uncertain(detail: "lost")
    _ = try await store.settle(transaction.id, with: .pushAnswer(answer), nextQueryAt: nextQueryAt, at: now)
    return transaction.id
  }

  func deliveries(_ ids: [DeliveryID]) async throws -> [Delivery?] {
    var found: [Delivery?] = []
    for id in ids { found.append(try await store.delivery(id)) }
    return found
  }
}
