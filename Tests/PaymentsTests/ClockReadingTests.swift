import Daraja
import Payments
import Testing

@Suite("A reading of the wall clock: which spans are believed")
struct ClockReadingTests {
  private static let second: Microseconds = 1_000_000
  private static let day: Microseconds = 86_400 * second
  private static let now: Microseconds = 1_795_512_600 * second
  private static let steps: [Microseconds] = [3_600, 86_400, 366 * 86_400].flatMap { [$0 * second, -$0 * second] }

  struct Span: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var storedAgo: Microseconds
    var runningFor: Microseconds
    var isDoubted: Bool
    var elapsed: Microseconds
  }

  @Test(
    "The time that has passed for sure",
    arguments: [
      Span(
        testDescription: "nothing speaks against the clock", storedAgo: 90, runningFor: 10, isDoubted: false,
        elapsed: 90),
      Span(testDescription: "stored since the step", storedAgo: 5, runningFor: 10, isDoubted: true, elapsed: 5),
      Span(testDescription: "stored before the step", storedAgo: 90, runningFor: 10, isDoubted: true, elapsed: 10),
      Span(
        testDescription: "stored ahead, by the clock before", storedAgo: -61_000_000, runningFor: 10, isDoubted: true,
        elapsed: 10),
      Span(
        testDescription: "stored ahead, and nobody saw the step", storedAgo: -61_000_000, runningFor: 10,
        isDoubted: false,
        elapsed: 10),
      Span(
        testDescription: "stored by a reading of a moment later, however long the clock has run", storedAgo: -1,
        runningFor: day, isDoubted: false, elapsed: 0),
      Span(
        testDescription: "stored before a step back of seconds, which nobody noticed", storedAgo: -60_000_000,
        runningFor: day, isDoubted: false, elapsed: 0),
      Span(testDescription: "now", storedAgo: 0, runningFor: 0, isDoubted: true, elapsed: 0),
      Span(testDescription: "before all time", storedAgo: .max, runningFor: 10, isDoubted: false, elapsed: .max),
    ])
  func elapsed(span: Span) {
    let clock = ClockReading(
      now: Self.now, runningSince: Self.now - span.runningFor, isDoubted: span.isDoubted)
    let stored = span.storedAgo == .max ? .min : Self.now - span.storedAgo
    #expect(clock.elapsed(since: stored) == span.elapsed)
  }

  @Test("A span ends when it has passed for sure, and the end stands still while time passes", arguments: steps)
  func end(step: Microseconds) {
    let stored = Self.now - 30 * Self.second
    let setAt = Self.now + step
    for seconds: Microseconds in [0, 1, 60, 119] {
      let clock = ClockReading(now: setAt + seconds * Self.second, runningSince: setAt, isDoubted: true)
      #expect(
        clock.end(of: 120 * Self.second, since: stored) == setAt + 120 * Self.second, "\(seconds) s after the step")
    }
    let later = ClockReading(now: setAt + 121 * Self.second, runningSince: setAt, isDoubted: true)
    #expect(later.end(of: 120 * Self.second, since: stored) == later.now)
  }

  @Test("What is older than a span for sure: nothing from before a step, until the span has passed since")
  func cutoff() {
    func cutoff(runningFor: Microseconds, isDoubted: Bool) -> Microseconds {
      ClockReading(now: Self.now, runningSince: Self.now - runningFor, isDoubted: isDoubted).cutoff(Self.day)
    }
    #expect(cutoff(runningFor: 1, isDoubted: false) == Self.now - Self.day)
    #expect(cutoff(runningFor: Self.day - 1, isDoubted: true) == .min)
    #expect(cutoff(runningFor: Self.day, isDoubted: true) == Self.now - Self.day)
  }

  @Test("A prompt stays live for its two minutes, and no longer, however the clock is set meanwhile", arguments: steps)
  func prompts(step: Microseconds) throws {
    let order = Order(
      id: OrderID(123), amount: Amount(cents: 150_000), description: "", reference: "A1", paidBy: nil, createdBy: "7",
      createdAt: Self.now)
    let live = try Example.transaction { transaction in
      transaction.status = .pending
      transaction.createdAt = Self.now - 10 * Self.second
    }
    let doubtful = try Example.transaction { transaction in
      transaction.status = .failed
      transaction.createdAt = Self.now - 10 * Self.second
      transaction.ambiguousAt = Self.now - 5 * Self.second
    }
    let setAt = Self.now + step
    for (seconds, isLive): (Microseconds, Bool) in [(0, true), (100, true), (119, true), (121, false)] {
      let clock = ClockReading(now: setAt + seconds * Self.second, runningSince: setAt, isDoubted: true)
      let rules = AdmissionRules()
      let comment: Comment = "\(seconds) s after the clock was set"
      #expect(
        rules.admit(order, ofOrder: [live], ofPhone: [], at: clock) == (isLive ? .alreadyOpen(live.id) : .admit),
        comment)
      let end = setAt + 120 * Self.second
      #expect(
        rules.admit(order, ofOrder: [], ofPhone: [live], at: clock) == (isLive ? .phoneBusy(until: end) : .admit),
        comment)
      #expect(
        rules.admit(order, ofOrder: [doubtful], ofPhone: [], at: clock) == (isLive ? .coolingDown(until: end) : .admit),
        comment)
    }
  }
}
