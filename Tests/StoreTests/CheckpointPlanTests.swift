import Testing

@testable import Store

@Suite("SQLite, when a checkpoint may begin")
struct CheckpointPlanTests {
  private static let limit = 100

  private func plan() -> CheckpointPlan { CheckpointPlan(restartAbove: Self.limit) }

  @Test("Not before a commit has written frames")
  func idle() {
    #expect(!plan().mayBegin && !plan().mayBeginHeld)
  }

  @Test("After a commit that began behind the last checkpoint's return")
  func afterCommit() {
    var plan = plan()
    plan.committed(frames: 3, began: plan.moment)
    #expect(plan.mayBegin)
    plan.begin()
    #expect(!plan.mayBegin, "one at a time")
    plan.finish(frames: 3, copied: 3)
    #expect(!plan.mayBegin, "nothing may be left, and a commit could restart the log meanwhile")
    plan.committed(frames: 2, began: plan.moment)
    #expect(plan.mayBegin)
  }

  @Test("Not after a commit that began before the checkpoint returned: it may have copied its frames")
  func overlapping() {
    var plan = plan()
    plan.committed(frames: 3, began: plan.moment)
    plan.begin()
    let during = plan.moment
    plan.committed(frames: 5, began: during)
    plan.finish(frames: 5, copied: 5)
    #expect(!plan.mayBegin)
    #expect(plan.mayBeginHeld, "nothing can overtake it while the writer is held")
    plan.committed(frames: 9, began: during)
    #expect(!plan.mayBegin, "also when it ends after the return")
    plan.committed(frames: 12, began: plan.moment)
    #expect(plan.mayBegin)
  }

  @Test("Not after a commit that began before a checkpoint and ended behind its return")
  func spanning() {
    var plan = plan()
    plan.committed(frames: 3, began: plan.moment)
    let before = plan.moment
    plan.begin()
    plan.finish(frames: 5, copied: 5)
    plan.committed(frames: 5, began: before)
    #expect(!plan.mayBegin)
  }

  @Test("Again after one that copied less than all, or failed", arguments: [2, nil] as [Int?])
  func unfinished(copied: Int?) {
    var plan = plan()
    plan.committed(frames: 3, began: plan.moment)
    plan.begin()
    plan.finish(frames: 3, copied: copied)
    #expect(plan.mayBegin)
  }

  @Test("The writer is held only for a long log of which little is left to copy")
  func holding() {
    var plan = plan()
    plan.committed(frames: Self.limit, began: plan.moment)
    #expect(!plan.shouldHold(copied: Self.limit))
    plan.committed(frames: Self.limit + 1, began: plan.moment)
    #expect(plan.shouldHold(copied: Self.limit))
    plan.committed(frames: 50_000, began: plan.moment)
    #expect(!plan.shouldHold(copied: 50_000 - CheckpointPlan.mostFramesWhileHeld - 1), "a reader holds them back")
    #expect(plan.shouldHold(copied: 50_000 - CheckpointPlan.mostFramesWhileHeld))
  }

  @Test("In any order of commits and checkpoints, one begins only while frames are left that no commit can take away")
  func everyOrder() {
    var generator = SeededGenerator(seed: 0x5EED)
    for _ in 0..<2_000 {
      var plan = plan()
      // SQLite's own view: frames in the log, how many were copied, and a commit that began, with what it noted.
      var (log, copied) = (0, 0)
      var commit: (began: UInt64, restarts: Bool)?
      var snapshot: Int?
      for _ in 0..<60 {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where commit == nil: commit = (plan.moment, copied == log && log > 0)
        case 1:
          guard let ended = commit else { continue }
          // A restart is possible only where all was copied when the commit wrote.
          if copied == log && log > 0 { (log, copied) = (0, 0) }
          log += Int.random(in: 1...5, using: &generator)
          plan.committed(frames: log, began: ended.began)
          commit = nil
        case 2 where snapshot == nil && plan.mayBegin:
          #expect(copied < log, "it could be overtaken")
          plan.begin()
          snapshot = log
        case 3:
          guard let seen = snapshot else { continue }
          // A reader may hold some back.
          let upTo = Int.random(in: copied...seen, using: &generator)
          copied = upTo
          plan.finish(frames: seen, copied: upTo)
          snapshot = nil
        default: continue
        }
      }
    }
  }
}
