import Daraja
import Reconciliation
import Testing

@Suite("Query budget: Safaricom blocks addresses that ask too fast")
struct QueryBudgetTests {
  enum Step: Sendable { case granted(at: Double), refused(at: Double, until: Double) }

  static let tables: [(interval: Double, burst: Int, steps: [Step])] = [
    (
      12, 1,
      [
        .granted(at: 0), .refused(at: 0, until: 12), .refused(at: 11.999, until: 12), .granted(at: 12),
        .refused(at: 12, until: 24), .granted(at: 100), .refused(at: 100, until: 112),
      ]
    ),
    (
      10, 3,
      [
        .granted(at: 0), .granted(at: 0), .granted(at: 0), .refused(at: 0, until: 10), .granted(at: 10),
        .refused(at: 15, until: 20), .granted(at: 30), .granted(at: 30), .refused(at: 30, until: 40),
      ]
    ),
  ]

  @Test("Step by step", arguments: tables)
  func steps(interval: Double, burst: Int, steps: [Step]) {
    var budget = QueryBudget(interval: .seconds(interval), burst: burst)
    for step in steps {
      switch step {
      case .granted(let at): #expect(budget.take(at: .at(at)) == nil, "at \(at)")
      case .refused(let at, let until):
        #expect(budget.wait(at: .at(at)) == .seconds(until - at), "at \(at)")
        #expect(budget.take(at: .at(at)) == .seconds(until - at), "at \(at)")
      }
    }
  }

  @Test("The sandbox allows one question in 12 s")
  func sandbox() {
    #expect(QueryBudget.sandbox.interval == .seconds(12))
    #expect(QueryBudget.sandbox.burst == 1)
  }

  @Test("What is available is what could be taken at once", arguments: [1, 3, 7])
  func available(burst: Int) {
    var budget = QueryBudget(interval: 1_000, burst: burst)
    #expect(budget.available(at: .at(0)) == burst)
    for left in stride(from: burst, to: 0, by: -1) {
      #expect(budget.available(at: .at(0)) == left)
      #expect(budget.take(at: .at(0)) == nil)
    }
    #expect(budget.available(at: .at(0)) == 0)
  }

  @Test("Nonsense is raised to the least that makes sense", arguments: [(0, 0), (-5, -1)])
  func nonsense(interval: Int64, burst: Int) {
    let budget = QueryBudget(interval: interval, burst: burst)
    #expect(budget.interval == 1)
    #expect(budget.burst == 1)
  }

  @Test(
    "No window ever holds more than burst + length/interval questions; a rest fills the bucket",
    arguments: SeededRandom.seeds(40))
  func neverAboveInAnyWindow(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let interval = Microseconds.random(in: 2...20_000_000, using: &random)
    let burst = Int.random(in: 1...8, using: &random)
    var budget = QueryBudget(interval: interval, burst: burst)
    var now = Uptime.at(0)
    var granted: [Uptime] = []
    for _ in 0..<400 {
      switch budget.take(at: now) {
      case nil: granted.append(now)
      case .some(let wait):
        #expect(wait > 0, "TEST_SEED=\(seed)")
        var another = budget
        #expect(another.take(at: now + wait - 1) != nil, "not before, TEST_SEED=\(seed)")
        #expect(another.take(at: now + wait) == nil, "it may be put when it was said it may, TEST_SEED=\(seed)")
        #expect(budget.wait(for: 3, at: now) == wait + 2 * interval, "the next ones follow, TEST_SEED=\(seed)")
        if random.happens(0.5) { now = now + wait }
      }
      #expect((0...burst).contains(budget.available(at: now)), "TEST_SEED=\(seed)")
      now =
        now + Microseconds.random(in: 0...(random.happens(0.1) ? interval * 5 : interval), using: &random)
        * (random.happens(0.3) ? 0 : 1)
    }
    for first in granted.indices {
      for last in first..<granted.count {
        let allowed = burst + Int((granted[last] - granted[first]) / interval)
        #expect(last - first + 1 <= allowed, "TEST_SEED=\(seed), questions \(first)...\(last)")
      }
    }
    #expect(budget.available(at: now + interval * Microseconds(burst)) == burst, "TEST_SEED=\(seed)")
  }
}
