import Payments
import Testing

@testable import Reconciliation

@Suite("Who waits for a question now")
struct WatchedQueueTests {
  private func payment(_ number: Int) -> WatchedQueue.Question { .payment(TransactionID(Int64(number))) }

  @Test("First come, first served, and one place for each payment")
  func inOrder() {
    var queue = WatchedQueue()
    for (number, caller) in [(3, "a"), (1, "b"), (3, "c"), (2, "c"), (1, "a")] {
      #expect(queue.enter(payment(number), for: caller).isIn)
    }
    #expect(queue.questions == [3, 1, 2].map(payment))
    queue.serve(payment(3))
    queue.leave(payment(9))
    #expect(queue.questions == [1, 2].map(payment))
    #expect(queue.position(of: payment(2)) == 1 && queue.position(of: payment(3)) == nil)
    queue.leave(payment(1))
    queue.leave(payment(2))
    #expect(queue.isEmpty)
  }

  @Test("One who asks about many payments is served in turn with the others")
  func greedy() {
    var queue = WatchedQueue()
    for number in 1...5 { _ = queue.enter(payment(number), for: "greedy") }
    _ = queue.enter(payment(11), for: "a")
    _ = queue.enter(payment(12), for: "a")
    _ = queue.enter(payment(21), for: "b")
    #expect(queue.questions == [1, 11, 21, 2, 12, 3, 4, 5].map(payment))
    queue.serve(payment(1))
    queue.serve(payment(11))
    // Whoever was served comes after those who were not, and one who is new after all of them.
    _ = queue.enter(payment(13), for: "a")
    _ = queue.enter(payment(31), for: "c")
    #expect(queue.questions == [21, 2, 12, 31, 3, 13, 4, 5].map(payment))
  }

  @Test("However many new callers come, without end, those who came before are served to their last place")
  func stream() {
    var queue = WatchedQueue()
    for number in 1...4 { _ = queue.enter(payment(number), for: "shop") }
    var served: [Int] = []
    for number in 1...100 {
      // Two new callers for each question that is put.
      for new in [1_000 + number, 2_000 + number] { _ = queue.enter(payment(new), for: "\(new)") }
      guard let next = queue.questions.first else { return }
      if case .payment(let id) = next, id.number < 1_000 { served.append(number) }
      queue.serve(next)
    }
    // Its second place waits for the two that came before it was due, its third for the six that came since, its fourth for 14.
    #expect(served == [1, 4, 11, 26])
  }

  @Test("Checkout pages are callers of their own in the rotation, but share one part of the places")
  func pages() {
    var queue = WatchedQueue()
    func page(_ order: Int) -> String { AskingCaller.checkoutPage(of: OrderID(Int64(order))) }
    for number in 1...10 { _ = queue.enter(payment(number), for: "shop") }
    for number in 11...WatchedQueue.limit { _ = queue.enter(payment(number), for: page(number)) }
    #expect(queue.position(of: payment(2)) == WatchedQueue.limit - 9)
    #expect(queue.enter(payment(1_001), for: page(1_001)) == (false, nil), "the pages have the most places")
    #expect(queue.enter(payment(1_002), for: "shop") == (true, payment(WatchedQueue.limit)))
    #expect(queue.enter(payment(1_003), for: "another shop") == (true, payment(WatchedQueue.limit - 1)))
    for number in 1...10 { #expect(queue.position(of: payment(number)) != nil) }
  }

  @Test("One who comes again after each answer does not pass those who wait")
  func again() {
    var queue = WatchedQueue()
    for number in 1...4 { _ = queue.enter(payment(number), for: "patient") }
    var served: [String] = []
    for number in 11...18 {
      _ = queue.enter(payment(number), for: "quick")
      guard let next = queue.questions.first else { return }
      if case .payment(let id) = next { served.append(id.number > 10 ? "q" : "p") }
      queue.serve(next)
    }
    #expect(served.joined() == "pqpqpqpq")
  }

  @Test("It is bounded; the one with the most places makes room for others, and only then")
  func bounded() {
    var queue = WatchedQueue()
    for number in 1...WatchedQueue.limit { #expect(queue.enter(payment(number), for: "greedy").isIn) }
    #expect(queue.enter(payment(1_000), for: "greedy") == (false, nil))
    #expect(queue.enter(payment(1), for: "greedy") == (true, nil), "it has a place already")
    #expect(queue.enter(payment(2_000), for: "a") == (true, payment(WatchedQueue.limit)))
    #expect(queue.position(of: payment(2_000)) == 1 && queue.count == WatchedQueue.limit)
  }

  @Test("When each of many callers has one place, nobody has to make room")
  func many() {
    var queue = WatchedQueue()
    for number in 1...WatchedQueue.limit { _ = queue.enter(payment(number), for: "\(number)") }
    #expect(queue.enter(payment(1_000), for: "late") == (false, nil))
  }

  @Test(
    "Whatever one caller does, another's only payment is served after one of each caller at most",
    arguments: SeededRandom.seeds(40))
  func fair(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var queue = WatchedQueue()
    var number = 0
    let callers = ["a", "b", "c", "greedy"]
    for _ in 0..<200 {
      number += 1
      switch Int.random(in: 0..<4, using: &random) {
      case 0, 1: _ = queue.enter(payment(number), for: random.happens(0.8) ? "greedy" : callers.randomElement() ?? "a")
      case 2: if let first = queue.questions.first { queue.serve(first) }
      default:
        let mine = payment(10_000 + number)
        _ = queue.enter(mine, for: "shopper \(number)")
        let shoppers = queue.questions.count { if case .payment(let id) = $0 { id.number > 10_000 } else { false } }
        #expect((queue.position(of: mine) ?? .max) <= callers.count + shoppers, "TEST_SEED=\(seed)")
      }
    }
  }
}
