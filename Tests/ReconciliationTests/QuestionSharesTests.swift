import Testing

@testable import Reconciliation

@Suite("Whose question is put next: each class its share")
struct QuestionSharesTests {
  private static let subsets = (1..<8).map { bits in
    Set(QuestionClass.allCases.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
  }

  @Test("The shares make one whole, so that all can be kept")
  func whole() { #expect(QuestionClass.allCases.map(\.share).reduce(0, +) == 1) }

  @Test("In every state that can come about: a class that has something to put waits for no more than its longest gap")
  func everyState() {
    struct State: Hashable {
      var shares = QuestionShares()
      var gaps: [QuestionClass: Int] = [:]
    }
    var known: Set<State> = [State()]
    var open = [State()]
    while let state = open.popLast() {
      for demand in Self.subsets {
        var next = state
        guard let chosen = next.shares.next(demand), demand.contains(chosen) else {
          Issue.record("nobody's turn of \(demand)")
          return
        }
        next.shares.put(chosen, of: demand)
        for other in QuestionClass.allCases {
          let gap = other != chosen && demand.contains(other) ? state.gaps[other, default: 0] + 1 : 0
          next.gaps[other] = gap
          guard gap <= other.longestGap else {
            Issue.record("\(other) waits for \(gap) others")
            return
          }
        }
        if known.insert(next).inserted { open.append(next) }
      }
    }
    #expect(known.count > 10)
  }

  @Test(
    "With steady demand of any classes each gets its share within one question, in every window, whatever the others do",
    arguments: SeededRandom.seeds(60))
  func everyWindow(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let steady = Self.subsets.randomElement(using: &random) ?? []
    let restless = Double.random(in: 0...1, using: &random)
    var shares = QuestionShares()
    // A past of its own, without what is steady from now on.
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      let demand = Self.subsets.randomElement(using: &random) ?? []
      if let chosen = shares.next(demand) { shares.put(chosen, of: demand) }
    }
    var put: [QuestionClass] = []
    for _ in 0..<200 {
      var demand = steady
      if random.happens(restless) { demand.formUnion(Self.subsets.randomElement(using: &random) ?? []) }
      guard let chosen = shares.next(demand) else { continue }
      shares.put(chosen, of: demand)
      put.append(chosen)
    }
    #expect(put.count == 200, "nothing is wasted, TEST_SEED=\(seed)")
    for one in steady {
      var before = [0]
      for chosen in put { before.append((before.last ?? 0) + (chosen == one ? 1 : 0)) }
      for first in put.indices {
        for end in (first + 1)...put.count {
          let least = Double(end - first) * one.share - 1
          guard Double(before[end] - before[first]) >= least else {
            Issue.record("\(one) got \(before[end] - before[first]) of \(end - first), TEST_SEED=\(seed)")
            return
          }
        }
      }
    }
  }

  private func order(_ count: Int, _ demand: Set<QuestionClass>, _ shares: inout QuestionShares) -> String {
    (0..<count).map { _ in
      guard let chosen = shares.next(demand) else { return "-" }
      shares.put(chosen, of: demand)
      return String(chosen.rawValue.prefix(1))
    }.joined()
  }

  @Test(
    "What a class does not need goes to the others, the more urgent first",
    arguments: [
      ([.watched], "wwww"), ([.young], "yyyy"), ([.backlog], "bbbb"), ([.young, .backlog], "yyybyyybyyyb"),
      ([.watched, .young], "wywywy"), ([.watched, .backlog], "wbwbwb"), ([.watched, .young, .backlog], "wywbwywb"),
    ] as [(Set<QuestionClass>, String)])
  func steady(demand: Set<QuestionClass>, expected: String) {
    var shares = QuestionShares()
    #expect(order(expected.count, demand, &shares) == expected)
  }

  @Test(
    "While the places of young and backlog are all out most of the time, they take turns whenever one is free",
    arguments: SeededRandom.seeds(40))
  func blocked(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let all = Set(QuestionClass.allCases)
    let free = Double.random(in: 0.02...0.9, using: &random)
    var shares = QuestionShares()
    var put: [QuestionClass] = []
    for _ in 0..<2_000 {
      let demand = random.happens(free) ? all : [.watched]
      guard let chosen = shares.next(demand) else { continue }
      shares.put(chosen, of: all)
      if demand == all, put.last != .watched { #expect(chosen == .watched || put.isEmpty, "TEST_SEED=\(seed)") }
      put.append(chosen)
    }
    let scheduled = put.filter { $0 != .watched }
    #expect(!scheduled.isEmpty)
    for start in scheduled.indices where start + 4 <= scheduled.count {
      let window = scheduled[start..<(start + 4)]
      #expect(window.contains(.backlog) && window.contains(.young), "\(window), TEST_SEED=\(seed)")
    }
    let backlog = Double(scheduled.count { $0 == .backlog })
    #expect(abs(backlog - Double(scheduled.count) / 2) <= Double(scheduled.count) / 6 + 2, "TEST_SEED=\(seed)")
  }

  @Test("Somebody who begins to wait is next, and gets nothing for the time in which nobody waited")
  func comesAndGoes() {
    var shares = QuestionShares()
    #expect(order(9, [.young, .backlog], &shares) == "yyybyyyby")
    #expect(order(5, [.watched, .young, .backlog], &shares) == "wbwyw")
    #expect(order(2, [.young, .backlog], &shares) == "by")
  }

  @Test("How many questions pass until some watched ones are put", arguments: SeededRandom.seeds(20))
  func estimate(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var shares = QuestionShares()
    for _ in 0..<30 {
      let demand = Self.subsets.randomElement(using: &random) ?? []
      if let chosen = shares.next(demand) { shares.put(chosen, of: demand) }
    }
    for others in Self.subsets + [[]] {
      let count = Int.random(in: 1...5, using: &random)
      let said = shares.questions(untilWatched: count, besides: others)
      var copy = shares
      let put = order(said, others.union([.watched]), &copy)
      #expect(put.count { $0 == "w" } == count && put.last == "w", "TEST_SEED=\(seed)")
      #expect(said <= 2 * count)
    }
  }
}
