import Foundation
import Payments
import Testing

@testable import DarajaSimulator
@testable import mpesad

/// Nobody can talk an order into being paid: whatever a stranger posts, only Safaricom's own word completes a payment.
@Suite("A stranger", .serialized) struct StrangerTests {
  /// Attempts put together by chance, before and after the payment has ended.
  static let randomAttempts = 1_000
  /// More than the stranger sends, so that the limit on unproven callbacks does not do the rules' work here.
  static let noLimit = ["rate_limit_callback_per_minute=0"]

  @Test("cannot complete an order, and cannot keep a true payment from completing one", .timeLimit(.minutes(3)))
  func cannotPay() async throws {
    let seed = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0...0xFFFF_FFFF)
    try await GuideHouse.run(settings: Self.noLimit) { house in
      var chance = SeededGenerator(seed: seed)
      let (order, knowledge) = try await Self.unpaid(in: house, phone: GuideHouse.testPhone)
      let stranger = Stranger(knowledge: knowledge)
      let tokens = CallbackTokens(key: try KeyFile.key(at: house.stateDirectory + "/callback.key"))
      let token = tokens.token(for: TransactionID(knowledge.transaction))
      var forgeries = stranger.plain() + stranger.mutated(token)
      for _ in 0..<Self.randomAttempts { forgeries.append(stranger.random(&chance)) }

      // While the prompt is on the phone, and again when the payment has ended.
      var answers = try await stranger.post(forgeries, to: house.baseURL, over: house.shop.http)
      let ended = try await house.status(of: knowledge.transaction)
      #expect(ended.status == "failed" && ended.reason == "timeout", "seed \(seed): \(ended)")
      answers.merge(try await stranger.post(forgeries, to: house.baseURL, over: house.shop.http), uniquingKeysWith: +)
      #expect(
        answers[200] == 2 * forgeries.count, "seed \(seed): each is kept as evidence that proves nothing: \(answers)")
      try await Self.settle(house)
      let view = try await house.shop.status(knowledge.transaction)
      #expect(view == ended, "seed \(seed): \(view)")
      #expect(try await house.shop.order(order).status == "unpaid", "seed \(seed)")

      // The shopper pays after all, at a second prompt.
      try await house.simulator.program(phone: knowledge.phone, story: .pays)
      let second = try await house.shop.prompt(order: order, phone: knowledge.phone).transaction
      let paid = try await house.status(of: second)
      #expect(paid.status == "completed" && paid.flags == [], "seed \(seed): \(paid)")
      #expect(paid.receipt != "SFF7RT61SV")
      #expect(try await house.shop.order(order).status == "paid")
    }
  }

  /// Even who holds one payment's secret address, for example a leaked log of a proxy, can say nothing about another payment with it.
  @Test("who knows one payment's address cannot pay another one", .timeLimit(.minutes(3)))
  func addressOfAnother() async throws {
    try await GuideHouse.run(settings: Self.noLimit) { house in
      let (firstOrder, first) = try await Self.unpaid(in: house, phone: GuideHouse.testPhone)
      let (secondOrder, second) = try await Self.unpaid(in: house, phone: GuideHouse.otherPhone)
      let tokens = CallbackTokens(key: try KeyFile.key(at: house.stateDirectory + "/callback.key"))
      let leaked = tokens.token(for: TransactionID(first.transaction))
      let stranger = Stranger(knowledge: second)
      let forgeries = (0..<20).map { number in
        Stranger.Forgery(
          path: "/api/payments/callbacks/\(leaked)/", body: stranger.success(receipt: "LEAKED\(1_000 + number)"))
      }
      #expect(try await stranger.post(forgeries, to: house.baseURL, over: house.shop.http) == [200: 20])
      for payment in [first, second] {
        let view = try await house.status(of: payment.transaction)
        #expect(view.status == "failed" && view.reason == "timeout" && view.receipt == nil, "\(view)")
      }
      for order in [firstOrder, secondOrder] { #expect(try await house.shop.order(order).status == "unpaid") }
    }
  }

  /// An order whose prompt lies on the phone of somebody who will not answer it.
  private static func unpaid(
    in house: GuideHouse, phone: String
  ) async throws -> (order: Int64, knowledge: Stranger.Knowledge) {
    struct Prompted: Decodable {
      var transaction_id: Int64
      var checkout_request_id: String
    }
    try await house.simulator.program(phone: phone, story: .ignores)
    let order = try await house.shop.createOrder(amount: "1500.00", description: "", reference: "TRUST-1")
    let (status, body) = try await house.initiate(order: "\(order)", phone: phone)
    #expect(status == 200, "\(body)")
    let prompted = try JSONDecoder().decode(Prompted.self, from: Data(body.utf8))
    return (
      order,
      Stranger.Knowledge(
        transaction: prompted.transaction_id, checkoutRequestID: prompted.checkout_request_id, shillings: 1_500,
        phone: phone)
    )
  }

  /// Waits until the workers have weighed everything that came.
  private static func settle(_ house: GuideHouse) async throws {
    #expect(try await KillTests.settles(house.stateDirectory, within: .seconds(60)))
  }
}
