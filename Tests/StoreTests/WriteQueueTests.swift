import Daraja
import Testing

@testable import Store

@Suite("SQLite, what goes into one transaction")
struct WriteQueueTests {
  private static func queue(appends: Int = 0, prompt: Int = 0, background: Int = 0) -> WriteQueue {
    var queue = WriteQueue()
    queue.appends = (0..<appends).map { WriteQueue.Append(delivery: .numbered($0), then: { _ in }) }
    queue.prompt = (0..<prompt).map { _ in WriteQueue.Job(guarded: true, run: { _ in }, then: { _ in }) }
    queue.background = (0..<background).map { _ in WriteQueue.Job(guarded: true, run: { _ in }, then: { _ in }) }
    return queue
  }

  struct Case: CustomTestStringConvertible {
    var waiting: (appends: Int, prompt: Int, background: Int)
    var resting = false
    var taken: (appends: Int, prompt: Int, background: Int)
    var testDescription: String { "\(waiting)\(resting ? ", resting" : "")" }
  }

  @Test(
    "A batch holds deliveries, then what somebody waits for, then one piece of background work",
    arguments: [
      Case(waiting: (0, 0, 0), taken: (0, 0, 0)),
      Case(waiting: (1, 0, 0), taken: (1, 0, 0)),
      Case(waiting: (0, 1, 0), taken: (0, 1, 0)),
      Case(waiting: (0, 0, 5), taken: (0, 0, 1)),
      Case(waiting: (512, 64, 1), taken: (512, 64, 1)),
      Case(waiting: (513, 65, 2), taken: (512, 64, 1)),
      Case(waiting: (5_000, 500, 9), taken: (512, 64, 1)),
      // Resting: background work waits only while there is load worth protecting.
      Case(waiting: (16, 3, 2), resting: true, taken: (16, 3, 0)),
      Case(waiting: (512, 0, 2), resting: true, taken: (512, 0, 0)),
      Case(waiting: (0, 64, 2), resting: true, taken: (0, 64, 1)),
    ])
  func batches(example: Case) {
    var queue = Self.queue(
      appends: example.waiting.appends, prompt: example.waiting.prompt, background: example.waiting.background)
    var pace = BackgroundPace()
    if example.resting { pace.ran(from: 1_000, to: 2_000) }
    let batch = queue.take(pace: &pace, now: 2_001, isLast: false)
    #expect(batch.appends.count == example.taken.appends)
    #expect(batch.prompt.count == example.taken.prompt)
    #expect(batch.background.count == example.taken.background)
    #expect(batch.jobs.count == example.taken.prompt + example.taken.background)
    #expect(batch.isEmpty == (batch.appends.count + batch.jobs.count == 0))
    #expect(queue.appends.count == example.waiting.appends - example.taken.appends)
    #expect(queue.prompt.count == example.waiting.prompt - example.taken.prompt)
    #expect(queue.background.count == example.waiting.background - example.taken.background)
    #expect(queue.count == queue.appends.count + queue.jobCount)
  }

  @Test("Nothing overtakes: deliveries come out in the order in which they went in")
  func order() {
    var queue = Self.queue(appends: 1_500)
    var numbers: [Int] = []
    var pace = BackgroundPace()
    while queue.count > 0 { numbers += queue.take(pace: &pace, now: 0, isLast: false).appends.map(\.delivery.number) }
    #expect(numbers == Array(0..<1_500))
  }

  @Test(
    "Above the busy rate background work rests several times as long as it took; below it there is no rest",
    arguments: [
      (800, 1_000_000, 10_000_000, false), (90, 1_000_000, 1_000_000 * rest - 1, true),
      (1_000, 1_000_000, 1_000_000 * rest - 1, false), (1_000, 1_000_000, 1_000_000 * rest, true),
      (79, 1_000_000, 10_000_000, true), (80, 1_000_000, 10_000_000, false), (0, 1_000_000, 1, true),
    ] as [(Int, UInt64, UInt64, Bool)])
  func pace(appends: Int, took: UInt64, later: UInt64, allowed: Bool) {
    var pace = BackgroundPace()
    #expect(pace.allows(now: 0), "nothing has run yet")
    pace.ran(from: 500, to: 500 + took)
    pace.took(appends: appends)
    #expect(pace.allows(now: 500 + took + later) == allowed)
  }

  @Test("When nothing new is taken any more, nothing rests")
  func theEnd() {
    var queue = Self.queue(appends: 0, background: 2)
    var pace = BackgroundPace()
    pace.ran(from: 0, to: 1_000_000)
    pace.took(appends: 1_000)
    #expect(!queue.hasWork(pace: pace, now: 1_000_001, isLast: false))
    #expect(queue.hasWork(pace: pace, now: 1_000_001, isLast: true))
    #expect(queue.take(pace: &pace, now: 1_000_001, isLast: true).background.count == 1)
  }

  private static let rest = BackgroundPace.restFactor
}
