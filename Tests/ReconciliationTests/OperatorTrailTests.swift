import Daraja
import Logging
import Payments
import Store
import Synchronization
import Testing

@testable import Reconciliation

/// What people did is on the disk before anybody is told that it was done.
@Suite struct OperatorTrailTests {
  struct Full: Error, CustomStringConvertible { var description: String { "the disk is full" } }

  /// Keeps the trail alone, and fails or waits as a test says.
  final class Shelf: ConsoleStore {
    private let state = Mutex((kept: [OperatorAction](), fails: false))
    /// What each write passes.
    let door = Gate()

    var kept: [String] { state.withLock { $0.kept.map(\.what) } }
    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

    func record(_ actions: [OperatorAction]) async throws {
      await door.pass()
      try state.withLock { state in
        if state.fails { throw Full() }
        state.kept += actions
      }
    }

    func begin(_ session: StoredSession) async throws {}
    func session(hash: [UInt8]) async throws -> StoredSession? { nil }
    func use(hash: [UInt8], at now: Microseconds) async throws {}
    func endSession(hash: [UInt8]) async throws {}
    func endSessions(startedBefore: Microseconds, usedBefore: Microseconds) async throws {}
    func actions(before: Int64?, limit: Int) async throws -> [OperatorAction] { [] }
  }

  private static func use(_ body: (Audit, Shelf, OperatorTrail) async throws -> Void) async throws {
    let shelf = Shelf()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let trail = OperatorTrail(store: shelf, now: { 7 }, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { await trail.run() }
      do {
        try await body(Audit(logger: logger, trail: trail), shelf, trail)
      } catch {
        Issue.record(error)
      }
      shelf.door.open()
      trail.finish()
      try await tasks.waitForAll()
    }
  }

  @Test func whatWasDoneIsWrittenWhenItIsAnswered() async throws {
    try await Self.use { audit, shelf, _ in
      shelf.door.open()
      for number in 1...20 {
        let answer = try await audit.durably {
          audit.operated("asha", "did \(number)")
          audit.operated("asha", "did it again")
          return number
        }
        #expect(answer == number && shelf.kept.count == 2 * number)
      }
    }
  }

  @Test func nobodyIsAnsweredBeforeIt() async throws {
    try await Self.use { audit, shelf, _ in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
          try await audit.durably { audit.operated("asha", "did one thing") }
          try await shelf.record([OperatorAction(at: 8, actor: "asha", what: "was answered")])
        }
        await shelf.door.arrivals()
        #expect(shelf.kept.isEmpty)
        shelf.door.open()
        try await tasks.waitForAll()
      }
      #expect(shelf.kept == ["did one thing", "was answered"])
    }
  }

  @Test func whatIsNotWrittenIsNotAnsweredAndIsTriedAgain() async throws {
    try await Self.use { audit, shelf, _ in
      shelf.door.open()
      shelf.fail(true)
      let error = await #expect(throws: OperatorTrail.Unwritten.self) {
        try await audit.durably { audit.operated("asha", "did one thing") }
      }
      #expect(error?.description == "the disk is full")
      #expect(try await audit.durably { 5 } == 5, "who only looks is not kept waiting")
      shelf.fail(false)
      try await audit.durably { audit.operated("asha", "did another") }
      #expect(shelf.kept == ["did one thing", "did another"])
    }
  }

  @Test func whatFailsIsInTheTrailToo() async throws {
    try await Self.use { audit, shelf, _ in
      shelf.door.open()
      await #expect(throws: Full.self) {
        try await audit.durably {
          audit.operated("asha", "asks Safaricom")
          throw Full()
        }
      }
      #expect(shelf.kept == ["asks Safaricom"])
    }
  }

  @Test func whatIsNotedAtTheEndIsWrittenBeforeItIsOver() async throws {
    let shelf = Shelf()
    shelf.door.open()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let trail = OperatorTrail(store: shelf, now: { 7 }, logger: logger)
    trail.note("asha", "did it before anything ran")
    trail.finish()
    await trail.run()
    #expect(shelf.kept == ["did it before anything ran"])
    trail.note("asha", "did it too late")
    await #expect(throws: OperatorTrail.Unwritten.self) { try await trail.written(since: 1) }
  }
}
