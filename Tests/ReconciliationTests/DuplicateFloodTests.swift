import Daraja
import Payments
import Reconciliation
import Store
import Testing

@Suite("The same money, delivered again and again", .timeLimit(.minutes(1)))
struct DuplicateFloodTests {
  @Test(
    "5,000 deliveries for 500 transactions, duplicated and shuffled: one credit for each receipt",
    arguments: SeededRandom.seeds(1))
  func oneCreditEach(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    try await House.with { house in
      let pending = try await house.store.inner.seedPendingTransactions(500)
      let numbers = Array(pending.lowerBound.number...pending.upperBound.number)
      var bodies: [(Int64, String)] = []
      for round in 0..<10 {
        for number in numbers {
          // One in ten comes with somebody else's receipt, one in ten is a refusal: neither may earn a second credit.
          let owner = round == 3 ? numbers.randomElement(using: &random) ?? number : number
          let body =
            round == 7
            ? CallbackBodies.refused("ws_CO_LOAD_\(number)")
            : CallbackBodies.paid("ws_CO_LOAD_\(number)", receipt: "R\(owner)", amount: "1")
          bodies.append((number, body))
        }
      }
      bodies.shuffle(using: &random)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for part in stride(from: 0, to: bodies.count, by: 500) {
          let chunk = Array(bodies[part..<part + 500])
          group.addTask { for (number, body) in chunk { try await house.deliver(body, token: TransactionID(number)) } }
        }
        try await group.waitForAll()
      }
      try await house.running(house.workers()) {
        try await house.store.until { try await house.nothingReceived() }
      }
      #expect(try await house.count(.settled) == 5_000, "TEST_SEED=\(seed)")
      var receipts: [String: Int] = [:]
      for number in numbers {
        let transaction = try await house.transaction(TransactionID(number))
        #expect([.completed, .review].contains(transaction.status), "TEST_SEED=\(seed), \(transaction)")
        if let receipt = transaction.receipt { receipts[receipt.text, default: 0] += 1 }
        let credits = try await house.store.timeline(of: transaction.id).count {
          [.completed, .lateSuccess].contains($0.event.kind)
        }
        #expect(credits == (transaction.status == .completed ? 1 : 0), "TEST_SEED=\(seed), transaction \(number)")
        let paidBy = try await house.store.order(transaction.orderID)?.paidBy
        #expect(paidBy == (transaction.status == .completed ? transaction.id : nil), "TEST_SEED=\(seed)")
      }
      #expect(receipts.values.allSatisfy { $0 == 1 }, "TEST_SEED=\(seed)")
    }
  }
}
