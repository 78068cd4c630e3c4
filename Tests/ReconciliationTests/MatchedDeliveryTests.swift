import Daraja
import Payments
import Reconciliation
import Store
import Testing

/// A person correlates, Safaricom proves.
@Suite("Deliveries that a person matched", .timeLimit(.minutes(1)))
struct MatchedDeliveryTests {
  private static let name = "ws_CO_24112026101112345712345678"

  /// A payment whose push was never answered, and a callback at the bare address that a person took to be about it.
  private func matched(_ house: House, _ body: String) async throws -> (TransactionID, DeliveryID) {
    let id = try await house.requested()
    _ = try await house.store.settle(
      id, with: .pushAnswer(.uncertain(detail: "lost")), nextQueryAt: nil, at: house.clock.now)
    let delivery = try await house.deliver(body)
    let callback = STKCallback(checkoutRequestID: Self.name, resultCode: .success)
    let finding = Finding.evidence(about: .checkoutRequestID(Self.name), callback, .none, ifUnknown: .giveUp)
    _ = try await house.store.conclude([(delivery, finding)], at: house.clock.now)
    let match = Match(delivery: delivery, checkoutRequestID: Self.name, who: "asha", why: "same phone")
    let matching = try await house.store.inner.match(match, with: id, at: house.clock.now)
    guard case .matched = matching else { throw House.Unexpected(what: "\(matching)") }
    return (id, delivery)
  }

  static let bodies = [CallbackBodies.paid(name), CallbackBodies.refused(name)]

  @Test("Safaricom's answer settles the payment, whatever the delivery said", arguments: bodies, ["0", "1032"])
  func answered(body: String, code: String) async throws {
    try await House.with { house in
      let (id, delivery) = try await matched(house, body)
      let daraja = ScriptedDaraja(query: { _ in .final(ResultCode(code), description: nil) })
      try await house.running(house.workers(), house.sweeper(house.questioner(daraja))) {
        try await house.store.until {
          let status = try await house.transaction(id).status
          let state = try await house.delivery(delivery).state
          return status != .pending && state == .settled
        }
      }
      let transaction = try await house.transaction(id)
      #expect(transaction.status == (code == "0" ? .completed : .failed))
      #expect(transaction.receipt == nil, "a stranger's receipt is not believed")
      #expect(await daraja.queries.first == Self.name)
    }
  }

  @Test("Without an answer the payment stays as it is", arguments: bodies)
  func unanswered(body: String) async throws {
    try await House.with { house in
      let (id, delivery) = try await matched(house, body)
      let daraja = ScriptedDaraja(query: { _ in .noInformation(.noInformation) })
      try await house.running(house.workers(), house.sweeper(house.questioner(daraja))) {
        try await house.store.until {
          let queries = try await house.transaction(id).queries
          let state = try await house.delivery(delivery).state
          return queries > 0 && state == .settled
        }
      }
      let transaction = try await house.transaction(id)
      #expect(transaction.status == .pending && transaction.receipt == nil)
      #expect(try await house.store.order(transaction.orderID)?.paidBy == nil)
    }
  }
}
