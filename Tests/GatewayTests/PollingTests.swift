import Daraja
import Payments
import Reconciliation
import Testing

/// Many shoppers look at their payments every ten seconds. Safaricom hears of it no more often than the schedule and the budget say.
@Suite(.timeLimit(.minutes(5))) struct PollingTests {
  private static let rounds = 13
  private static let roundSeconds: Int64 = 10

  @Test func aThousandPollersCostTheBudgetNothingBeyondItsSchedule() async throws {
    // Safaricom decides nothing meanwhile, so that every payment stays open: the worst case.
    let queries = try await Self.queries(shoppers: 1_000, budget: QueryBudget(interval: 1, burst: 1_000))
    let asked = Dictionary(grouping: queries) { $0 }.mapValues(\.count)
    #expect(asked.count == 1_000)
    // In 130 seconds: at 30, 60 and 120.
    #expect(Set(asked.values) == [3])
  }

  @Test func theBudgetHoldsWhoeverLooks() async throws {
    let queries = try await Self.queries(shoppers: 50, budget: .sandbox)
    // One in 12 seconds, from the first that was due at 30 to the end at 130; looks come every 10.
    #expect((1...9).contains(queries.count))
  }

  /// What Safaricom was asked while all shoppers looked at their payments in every round.
  private static func queries(shoppers: Int, budget: QueryBudget) async throws -> [String] {
    let daraja = CountingDaraja()
    try await StateDirectory.use { directory in
      try await RealShop.run(in: directory, daraja: daraja, budget: budget) { shop in
        let tokens = try await start(shoppers, in: shop)
        for _ in 0..<rounds {
          shop.clock.advance(seconds: roundSeconds)
          try await atOnce(tokens) { number, token in
            let path = "/api/payments/transactions/\(number)/check_mpesa_status/"
            let answer = try await shop.send("GET", path, token: token)
            #expect(answer.status == 200)
            #expect(answer.json["transaction"]?["payment_status"] == .string("pending"))
          }
          _ = await shop.sweeper.sweep()
        }
      }
    }
    return daraja.queries
  }

  /// One payment for each shopper; their transactions are numbered from 1.
  private static func start(_ shoppers: Int, in shop: RealShop) async throws -> [(Int, String)] {
    var tokens: [(Int, String)] = []
    for number in 1...shoppers {
      let token = try await TestGateway.token(user: "\(number)")
      let order = try await shop.order(of: "\(number)")
      let answer = try await shop.initiate(order, phone: "2547\(10_000_000 + number)", token: token)
      #expect(answer.json["transaction_id"] == .number("\(number)"))
      tokens.append((number, token))
    }
    return tokens
  }

  /// Twenty at a time, as far as a test's machine has connections.
  private static func atOnce(
    _ tokens: [(Int, String)], _ look: @escaping @Sendable (Int, String) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, (number, token)) in tokens.enumerated() {
        if index >= 20 { try await group.next() }
        group.addTask { try await look(number, token) }
      }
      try await group.waitForAll()
    }
  }
}
