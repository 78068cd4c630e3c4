import Daraja
import Payments
import Testing

@Suite("The schedule of questions")
struct QueryScheduleTests {
  private static let second: Microseconds = 1_000_000
  private static let pushedAt = Example.pushedAt

  private static func next(
    _ schedule: QuerySchedule = .standard, after seconds: Double, chance: Double = 0
  ) -> Double? {
    schedule.next(
      after: pushedAt + Microseconds(seconds * 1_000_000), pushedAt: pushedAt, chance: chance
    ).map { Double($0 - pushedAt) / 1_000_000 }
  }

  @Test(
    "30 s, 60 s, 2, 5, 15, 60 min, 6 h, 24 h, 48 h after the push, and then a person",
    arguments: [
      (0, 30), (29.9, 30), (30, 60), (60, 120), (120, 300), (300, 900), (900, 3_600), (3_600, 21_600),
      (21_600, 86_400), (86_400, 172_800), (172_799, 172_800), (172_800, nil), (1_000_000, nil),
    ] as [(Double, Double?)])
  func standard(elapsed: Double, expected: Double?) {
    #expect(Self.next(after: elapsed) == expected)
  }

  @Test("Questions that passed while nobody could ask are caught up on with one")
  func skipping() {
    #expect(Self.next(after: 1_000) == 3_600)
    #expect(Self.next(after: 50_000) == 86_400)
  }

  @Test("Jitter lengthens a wait by up to its share, and never shortens it")
  func jitter() {
    var random = SplitMix64(seed: TestSeed.base)
    for _ in 0..<2_000 {
      let elapsed = Double(Int.random(in: 0..<172_800, using: &random))
      let chance = Double.random(in: 0..<1, using: &random)
      guard let plain = Self.next(after: elapsed), let jittered = Self.next(after: elapsed, chance: chance) else {
        Issue.record("no question at \(elapsed) s, \(TestSeed.variable)=\(TestSeed.base)")
        return
      }
      #expect(jittered >= plain && jittered <= plain + (plain - elapsed) * 0.1 + 0.000_001, "seed \(TestSeed.base)")
    }
    #expect(Self.next(after: 0, chance: 0.5) == 31.5)
    #expect(Self.next(QuerySchedule(seconds: [10], jitter: 0), after: 0, chance: 0.99) == 10)
    #expect(Self.next(QuerySchedule(seconds: [10], jitter: 1), after: 5, chance: 1) == 15)
  }

  @Test("Offsets are sorted; those that are not positive, or beyond 90 days, are dropped")
  func offsets() {
    let schedule = QuerySchedule(
      seconds: [60, -1, 0, 30, .infinity, -.infinity, .nan, 1e300, 7_776_001, 0.25], jitter: 0.1)
    #expect(schedule.offsets == [250_000, 30 * Self.second, 60 * Self.second])
  }

  @Test(
    "Jitter and chance are kept within 0 to 1, also when they are no numbers",
    arguments: [
      (-1, 0), (0, 0), (0.3, 0.3), (1, 1), (7, 1), (.infinity, 1), (-.infinity, 0), (.nan, 0),
    ] as [(Double, Double)])
  func shares(given: Double, used: Double) {
    #expect(QuerySchedule(seconds: [10], jitter: given).jitter == used)
    #expect(Self.next(QuerySchedule(seconds: [10], jitter: 1), after: 0, chance: given) == 10 + 10 * used)
  }

  @Test("An empty schedule asks nothing")
  func empty() { #expect(Self.next(QuerySchedule(seconds: [], jitter: 0.1), after: 0) == nil) }

  @Test("A clock that stepped back waits for the first offset")
  func clockBack() { #expect(Self.next(after: -3_600) == 30) }

  @Test("Following it, a push that nobody answers gets nine questions and ends")
  func ends() {
    var elapsed = 0.0
    var questions = 0
    while let next = Self.next(after: elapsed, chance: 0.999) {
      #expect(next > elapsed)
      elapsed = next
      questions += 1
      if questions > 100 { break }
    }
    #expect(questions == 9)
    #expect(elapsed < 172_800 * 1.2)
  }
}
