import Daraja
import Payments
import Testing

@Suite("The schedule of questions")
struct QueryScheduleTests {
  private static let second: Microseconds = 1_000_000
  private static let hour: Microseconds = 3_600 * second
  private static let pushedAt = Example.pushedAt
  private static let schedule: QuerySchedule = .standard
  private static let useless: QueryAnswer = .noInformation(detail: "500.001.1001")

  private static func at(_ seconds: Double) -> Microseconds { pushedAt + Microseconds(seconds * 1_000_000) }

  /// When the next question is after one that came so many seconds after the push, in seconds after the push.
  private static func next(
    _ schedule: QuerySchedule = .standard, after seconds: Double, chance: Double = 0,
    answer: QueryAnswer? = .noInformation(detail: "500.001.1001"), isTrusted: Bool = true,
    _ change: (inout Transaction) -> Void = { _ in }
  ) throws -> Double? {
    schedule.next(
      for: try Example.transaction(change), after: answer,
      at: ClockReading(now: at(seconds), isTrusted: isTrusted), chance: chance
    ).map { Double($0 - pushedAt) / 1_000_000 }
  }

  @Test(
    "30 s, 60 s, 2, 5, 15, 60 min, 6 h, 24 h, 48 h after the push",
    arguments: [
      (0, 30), (29.9, 30), (30, 60), (60, 120), (120, 300), (300, 900), (900, 3_600), (3_600, 21_600),
      (21_600, 86_400), (86_400, 172_800), (172_799, 172_800),
    ] as [(Double, Double)])
  func standard(elapsed: Double, expected: Double) throws {
    #expect(try Self.next(after: elapsed) == expected)
  }

  @Test("The first question is the first offset")
  func first() {
    #expect(Self.schedule.first(after: 100, chance: 0) == 100 + 30 * Self.second)
    #expect(Self.schedule.first(after: 100, chance: 1) == 100 + 33 * Self.second)
    #expect(QuerySchedule(seconds: [], jitter: 0).first(after: 100, chance: 0) == nil)
  }

  @Test("Questions that passed while nobody could ask are caught up on with one")
  func skipping() throws {
    #expect(try Self.next(after: 1_000) == 3_600)
    #expect(try Self.next(after: 50_000) == 86_400)
  }

  @Test("Jitter lengthens a wait by up to its share, and never shortens it")
  func jitter() throws {
    var random = SplitMix64(seed: TestSeed.base)
    for _ in 0..<2_000 {
      let elapsed = Double(Int.random(in: 0..<172_800, using: &random))
      let chance = Double.random(in: 0..<1, using: &random)
      guard let plain = try Self.next(after: elapsed), let jittered = try Self.next(after: elapsed, chance: chance)
      else {
        Issue.record("no question at \(elapsed) s, \(TestSeed.variable)=\(TestSeed.base)")
        return
      }
      #expect(jittered >= plain && jittered <= plain + (plain - elapsed) * 0.1 + 0.000_001, "seed \(TestSeed.base)")
    }
    #expect(try Self.next(after: 0, chance: 0.5) == 31.5)
    #expect(try Self.next(QuerySchedule(seconds: [10], jitter: 0), after: 0, chance: 0.99) == 10)
    #expect(try Self.next(QuerySchedule(seconds: [10], jitter: 1), after: 5, chance: 1) == 15)
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
  func shares(given: Double, used: Double) throws {
    #expect(QuerySchedule(seconds: [10], jitter: given).jitter == used)
    #expect(try Self.next(QuerySchedule(seconds: [10], jitter: 1), after: 0, chance: given) == 10 + 10 * used)
  }

  // MARK: When a person decides

  struct End: Sendable, CustomTestStringConvertible {
    var name: String
    var after = 180_000.0
    var queries = 9
    /// When an answer last said nothing, in seconds after the push.
    var uselessAt: Double? = 172_800
    var answer: QueryAnswer? = .noInformation(detail: "500.001.1001")
    var isTrusted = true
    var goesOn = true
    var testDescription: String { name }
  }

  static let ends: [End] = [
    End(name: "two useless answers after the last offset, an hour apart", goesOn: false),
    End(name: "a third one says that it is not decided", answer: .pending, goesOn: false),
    End(name: "or has a code that says nothing", answer: .result("7777", description: nil), goesOn: false),
    End(name: "the first useless answer after the last offset", after: 172_800, uselessAt: 86_400),
    End(name: "the first question after an outage of three days", after: 259_200, queries: 0, uselessAt: nil),
    End(name: "the second", after: 262_800, queries: 1, uselessAt: 259_200),
    End(name: "the third", after: 266_400, queries: 2, uselessAt: 262_800, goesOn: false),
    End(name: "two, but less than an hour apart", after: 176_399),
    End(name: "two, exactly an hour apart", after: 176_400, goesOn: false),
    End(name: "the one before came before the last offset", uselessAt: 172_799),
    End(name: "that Safaricom does not work is no answer", answer: .outage(detail: "timeout")),
    End(name: "the clock cannot be trusted", isTrusted: false),
    End(name: "nothing to ask about", after: 172_800, queries: 0, uselessAt: nil, answer: nil, goesOn: false),
    End(
      name: "nothing to ask about, on a clock that cannot be trusted", after: 172_800, queries: 0, uselessAt: nil,
      answer: nil, isTrusted: false),
  ]

  @Test("After the last offset it goes on hourly until enough was asked, in vain", arguments: ends)
  func end(_ row: End) throws {
    let next = try Self.next(after: row.after, answer: row.answer, isTrusted: row.isTrusted) {
      $0.queries = row.queries
      $0.uselessAnswerAt = row.uselessAt.map(Self.at)
    }
    #expect(next == (row.goesOn ? row.after + 3_600 : nil))
  }

  /// Asks on the schedule, and settles each answer as the store does, until the payment is not pending any more.
  private static func follow(
    from start: Double, chance: Double = 0.999, _ answer: (Int) -> QueryAnswer = { _ in useless }
  ) throws -> (asked: [Double], Transaction) {
    var transaction = try Example.transaction()
    var elapsed = start
    var asked: [Double] = []
    while transaction.status == .pending, asked.count < 200 {
      let now = at(elapsed)
      let said = answer(asked.count)
      let next = schedule.next(for: transaction, after: said, at: ClockReading(now: now), chance: chance)
      transaction =
        settle(transaction, with: .queryAnswer(said), in: Circumstances(nextQueryAt: next), at: now).transaction
      asked.append(elapsed)
      elapsed = Double((transaction.nextQueryAt ?? now) - pushedAt) / 1_000_000
    }
    return (asked, transaction)
  }

  @Test("Following it, a push that nobody answers gets its nine questions, another one an hour later, and ends")
  func reachesItsEnd() throws {
    let (asked, transaction) = try Self.follow(from: 30, chance: 0)
    #expect(asked == [30, 60, 120, 300, 900, 3_600, 21_600, 86_400, 172_800, 176_400])
    #expect(transaction.reason == .unanswered)
    #expect(try Self.follow(from: 30).asked.count == 10, "spread in time")
  }

  @Test("Asked about by somebody every five minutes, it ends all the same")
  func impatient() throws {
    var transaction = try Example.transaction()
    var elapsed = 300.0
    while transaction.status == .pending, elapsed < 1_000_000 {
      let now = Self.at(elapsed)
      let next = Self.schedule.next(for: transaction, after: .pending, at: ClockReading(now: now), chance: 0)
      transaction =
        settle(transaction, with: .queryAnswer(.pending), in: Circumstances(nextQueryAt: next), at: now).transaction
      elapsed += 300
    }
    #expect(transaction.reason == .unanswered)
    #expect((176_400.0...180_300).contains(elapsed), "\(elapsed)")
  }

  @Test(
    "After an outage of ours of three days it is asked three times at least, and an outage of theirs counts for none")
  func outage() throws {
    #expect(try Self.follow(from: 259_200).asked.count == 3)
    let (asked, transaction) = try Self.follow(from: 259_200) { $0 < 50 ? .outage(detail: "timeout") : Self.useless }
    #expect(asked.count == 52 && transaction.reason == .unanswered)
  }

  // MARK: Clocks

  @Test("A push from the future, or from before a step, is as old as the clock runs, or as its questions suggest")
  func otherClock() throws {
    let year = 366 * 24 * Self.hour
    // How long the clock runs, questions so far, and the wait until the next one, in seconds.
    let rows: [(running: Double, queries: Int, wait: Double)] = [
      (0, 0, 30), (1, 1, 30), (1, 3, 180), (1, 5, 2_700), (1, 8, 2_700), (1, 100, 2_700), (1_800, 3, 1_800),
      (90_000, 3, 82_800),
    ]
    for row in rows {
      for (shift, isDoubted) in [(-year, false), (-year, true), (-Self.hour, true), (Self.hour, true), (year, true)] {
        let now = Self.pushedAt + shift + Microseconds(row.running * 1_000_000)
        let reading = ClockReading(
          now: now, runningSince: now - Microseconds(row.running * 1_000_000), isDoubted: isDoubted,
          isSynchronised: false)
        if !isDoubted, Self.pushedAt <= now { continue }
        let transaction = try Example.transaction { $0.queries = max(row.queries - 1, 0) }
        let next = Self.schedule.next(
          for: transaction, after: row.queries == 0 ? nil : Self.useless, at: reading, chance: 0)
        let wait = next.map { Double($0 - now) / 1_000_000 }
        #expect(
          wait == row.wait || (abs(shift) == Self.hour && row.running > 3_000), "\(row), \(shift), \(isDoubted)")
      }
    }
  }

  @Test("A clock that was set forward by a year ends nothing: what is known is only how long it has run since")
  func setForward() throws {
    let now = Self.pushedAt + 366 * 24 * Self.hour
    let transaction = try Example.transaction {
      $0.queries = 9
      $0.uselessAnswerAt = Self.at(86_400)
    }
    for running in [0, 1, 100] {
      let since = now - Microseconds(running) * Self.hour
      let reading = ClockReading(now: now, runningSince: since, isDoubted: true, isSynchronised: false)
      #expect(Self.schedule.next(for: transaction, after: Self.useless, at: reading, chance: 0) != nil)
    }
  }

  @Test("No wait is longer than the longest that it says it can plan, whatever the clock and the past")
  func longest() throws {
    var random = SplitMix64(seed: TestSeed.base)
    for _ in 0..<5_000 {
      let offsets = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        Double.random(in: 0.001...400_000, using: &random)
      }
      let schedule = QuerySchedule(seconds: offsets, jitter: Double.random(in: 0...1, using: &random))
      let now = Self.pushedAt + Int64.random(in: -500_000...500_000, using: &random) * Self.second
      let transaction = try Example.transaction {
        $0.queries = Int.random(in: 0...20, using: &random)
        $0.uselessAnswerAt =
          random.chance(50) ? now - Int64.random(in: -10...90_000, using: &random) * Self.second : nil
      }
      let reading = ClockReading(
        now: now, runningSince: now - Int64.random(in: 0...600_000, using: &random) * Self.second,
        isDoubted: random.chance(50), isTrusted: random.chance(50))
      let next = schedule.next(
        for: transaction, after: Self.useless, at: reading, chance: Double.random(in: 0..<1, using: &random))
      if let next {
        #expect(next > now && next - now <= schedule.longestWait, "seed \(TestSeed.base)")
        var planned = transaction
        planned.nextQueryAt = next
        #expect(!planned.isQuestionDue(at: now, longestWait: schedule.longestWait))
      }
    }
    #expect(Self.schedule.longestWait == 24 * Self.hour + 24 * Self.hour / 10)
    #expect(QuerySchedule(seconds: [1], jitter: 0).longestWait == Self.hour)
  }

  @Test("Due is what has come, and what lies further ahead than any wait that is planned")
  func due() throws {
    let rows: [(Microseconds?, Bool)] = [
      (nil, false), (0, true), (-1, true), (1, false), (Self.hour, false), (Self.hour + 1, true), (.min, true),
    ]
    for (ahead, isDue) in rows {
      let transaction = try Example.transaction { $0.nextQueryAt = ahead.map { $0 == .min ? $0 : Example.now + $0 } }
      #expect(transaction.isQuestionDue(at: Example.now, longestWait: Self.hour) == isDue, "\(ahead ?? 0)")
    }
  }

  @Test("Young is what was pushed less than ten minutes ago, or lies as little ahead")
  func age() {
    let rows: [(ago: Microseconds, PaymentAge)] = [
      (0, .young), (599, .young), (600, .older), (366 * 86_400, .older), (-599, .young), (-600, .older),
      (-366 * 86_400, .older),
    ]
    for (ago, age) in rows {
      #expect(PaymentAge(createdAt: Example.now - ago * Self.second, at: Example.now) == age, "\(ago)")
    }
    #expect(PaymentAge(createdAt: .min, at: Example.now) == .older)
  }
}
