import Testing

@testable import Store

@Suite("SQLite, whether the database commits")
struct WriterHealthTests {
  private static let interval = UInt64(WriterHealth.retryInterval * 1e9)

  /// What happens to the writer, and what it must make of that.
  enum Step {
    case failsAt(UInt64, String, isNews: Bool)
    case recovers(isNews: Bool)
    case triesAt(UInt64, Bool)
    case says(String)
  }

  @Test(
    "Attempts wait for their time while it fails, and only changes are news",
    arguments: [
      ("well", [.triesAt(0, true), .recovers(isNews: false), .says("well")]),
      (
        "the next attempt waits its interval",
        [
          .failsAt(1_000, "disk full", isNews: true), .says("disk full"), .triesAt(1_000, false),
          .triesAt(999 + interval, false), .triesAt(1_000 + interval, true), .triesAt(1_000 + 9 * interval, true),
        ]
      ),
      (
        "what was not tried does not put the next attempt off",
        [
          .failsAt(0, "disk full", isNews: true), .failsAt(interval - 1, "disk full", isNews: false),
          .triesAt(interval, true),
        ]
      ),
      (
        "a failed attempt waits again, and its cause counts",
        [
          .failsAt(0, "disk full", isNews: true), .failsAt(interval, "I/O error", isNews: false), .says("I/O error"),
          .triesAt(2 * interval - 1, false), .triesAt(2 * interval, true),
        ]
      ),
      (
        "recovery is news once, and then so is the next failure",
        [
          .failsAt(0, "disk full", isNews: true), .recovers(isNews: true), .recovers(isNews: false), .triesAt(0, true),
          .failsAt(0, "disk full", isNews: true),
        ]
      ),
    ] as [(String, [Step])])
  func stories(name: String, steps: [Step]) {
    var health = WriterHealth.well
    for (number, step) in steps.enumerated() {
      switch step {
      case .failsAt(let now, let detail, let isNews):
        let news = health.fail(detail, now: now)
        #expect(news == isNews, "step \(number)")
      case .recovers(let isNews):
        let news = health.recover()
        #expect(news == isNews, "step \(number)")
      case .triesAt(let now, let tries): #expect(health.mayTry(now: now) == tries, "step \(number)")
      case .says(let text): #expect(health.description == text, "step \(number)")
      }
    }
  }
}
