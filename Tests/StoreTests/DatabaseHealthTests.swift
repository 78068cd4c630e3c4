import GRDB
import Testing

@testable import Store

@Suite("SQLite, whether the database takes commits")
struct DatabaseHealthTests {
  private static let interval = DatabaseHealth.retryInterval

  /// What happens, and what must be made of it.
  enum Step {
    case failsAt(UInt64, CommitFailure, isNews: Bool)
    case isDisplacedAt(UInt64, isNews: Bool)
    case commits(isNews: Bool)
    case opens
    case ends(DatabaseEnding, isNews: Bool)
    case triesAt(UInt64, Bool)
    case says(String?)
    case mayClose(Bool)
  }

  private static let full = CommitFailure.undone(detail: "disk full")
  private static let lost = CommitFailure.unknown(detail: "sync failed")
  private static let bad = CommitFailure.damaged(detail: "malformed")

  @Test(
    "What follows from what happened",
    arguments: [
      ("well", true, [.triesAt(0, true), .commits(isNews: false), .says(nil), .mayClose(true)]),
      (
        "the next attempt waits its interval", true,
        [
          .failsAt(1_000, full, isNews: true), .says("disk full"), .triesAt(1_000, false),
          .triesAt(999 + interval, false), .triesAt(1_000 + interval, true), .triesAt(1_000 + 9 * interval, true),
          .mayClose(true),
        ]
      ),
      (
        "what was not tried does not put the next attempt off", true,
        [.failsAt(0, full, isNews: true), .failsAt(interval - 1, full, isNews: false), .triesAt(interval, true)]
      ),
      (
        "a failed attempt waits again, and its cause counts", true,
        [
          .failsAt(0, full, isNews: true), .failsAt(interval, .undone(detail: "busy"), isNews: false), .says("busy"),
          .triesAt(2 * interval - 1, false), .triesAt(2 * interval, true),
        ]
      ),
      (
        "recovery is news once, and then so is the next failure", true,
        [
          .failsAt(0, full, isNews: true), .commits(isNews: true), .commits(isNews: false), .triesAt(0, true),
          .failsAt(0, full, isNews: true),
        ]
      ),
      (
        "after a commit of unknown outcome nothing is tried and nothing is closed, whatever happens", true,
        [
          .failsAt(0, full, isNews: true), .failsAt(interval, lost, isNews: true), .says("sync failed"),
          .triesAt(99 * interval, false), .mayClose(false), .commits(isNews: false), .opens,
          .failsAt(interval, full, isNews: false), .isDisplacedAt(interval, isNews: false),
          .triesAt(99 * interval, false), .says("sync failed"),
        ]
      ),
      (
        "a damaged database is not tried again, and a lifted verdict ends the process", true,
        [
          .failsAt(0, bad, isNews: true), .triesAt(99 * interval, false), .mayClose(false),
          .ends(.outcomeUnknown(detail: "lifted"), isNews: true), .says("lifted"), .triesAt(99 * interval, false),
        ]
      ),
      (
        "a damaged database stays damaged when a sync fails before", true,
        [.failsAt(0, lost, isNews: true), .ends(.damaged(detail: "x"), isNews: false), .says("sync failed")]
      ),
      (
        "files that are back in place are used again", true,
        [
          .isDisplacedAt(0, isNews: true), .triesAt(0, false), .mayClose(false),
          .isDisplacedAt(interval, isNews: false),
          .triesAt(2 * interval, true), .commits(isNews: true), .triesAt(0, true), .mayClose(true),
        ]
      ),
      (
        "before it is open nothing is tried", false,
        [
          .triesAt(99 * interval, false), .failsAt(0, full, isNews: false), .mayClose(false), .opens, .triesAt(0, true),
          .says(nil),
        ]
      ),
    ] as [(String, Bool, [Step])])
  func stories(name: String, isOpen: Bool, steps: [Step]) {
    var health = DatabaseHealth()
    if isOpen { health.opened() }
    for (number, step) in steps.enumerated() {
      switch step {
      case .failsAt(let now, let failure, let isNews):
        let news = health.failed(failure, now: now)
        #expect(news == isNews, "\(name), step \(number)")
      case .isDisplacedAt(let now, let isNews):
        let news = health.displaced("gone", now: now)
        #expect(news == isNews, "\(name), step \(number)")
      case .commits(let isNews):
        let news = health.committed()
        #expect(news == isNews, "\(name), step \(number)")
      case .opens: health.opened()
      case .ends(let ending, let isNews):
        let news = health.end(ending)
        #expect(news == isNews, "\(name), step \(number)")
      case .triesAt(let now, let tries): #expect(health.mayTry(now: now) == tries, "\(name), step \(number)")
      case .says(let text): #expect(health.failure == text, "\(name), step \(number)")
      case .mayClose(let may): #expect(health.mayClose == may, "\(name), step \(number)")
      }
    }
  }

  private enum Kind: String { case undone, unknown, damaged }

  @Test(
    "What an error says of its transaction: only a COMMIT can leave it open, and full and busy never do",
    arguments: [
      (ResultCode.SQLITE_FULL, "undone", "undone"), (.SQLITE_BUSY, "undone", "undone"),
      (.SQLITE_LOCKED, "undone", "undone"), (.SQLITE_CONSTRAINT, "undone", "undone"),
      (ResultCode(rawValue: 1_034), "undone", "unknown"), (.SQLITE_IOERR, "undone", "unknown"),
      (.SQLITE_NOMEM, "undone", "unknown"), (.SQLITE_CANTOPEN, "undone", "unknown"),
      (.SQLITE_READONLY, "undone", "unknown"), (.SQLITE_PROTOCOL, "undone", "unknown"),
      (.SQLITE_CORRUPT, "damaged", "damaged"), (.SQLITE_NOTADB, "damaged", "damaged"),
    ] as [(ResultCode, String, String)])
  func classes(code: ResultCode, before: String, atCommit: String) {
    let error = DatabaseError(resultCode: code)
    #expect(Self.kind(CommitFailure(error)).rawValue == before)
    #expect(Self.kind(CommitFailure(CommitError(cause: error))).rawValue == atCommit)
  }

  private static func kind(_ failure: CommitFailure) -> Kind {
    switch failure {
    case .undone: .undone
    case .unknown: .unknown
    case .damaged: .damaged
    }
  }
}
