import Foundation
import Logging
import NIOPosix
import Reconciliation
import Synchronization
import Systemd
import Testing

@testable import Store
@testable import mpesad

/// Parts that get on beat, also when there is nothing to do; one that is held up does not.
@Suite(.timeLimit(.minutes(1))) struct PulsesTests {
  private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func use(_ body: ([String: Pulse], SQLiteStore, MultiThreadedEventLoopGroup) async throws -> Void)
    async throws
  {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let store = try SQLiteStore(directory: workspace.path, options: SQLiteOptions(spoolBytes: 0), logger: Self.quiet)
    let audit = Audit(logger: Self.quiet)
    let workers = InboxWorkers(store: store, workers: 1, since: .distantPast, timing: .system, audit: audit)
    let questioner = Questioner(
      store: store, daraja: nil, schedule: .standard, budget: .sandbox, timing: .system, audit: audit)
    let sweeper = StaleSweeper(questioner: questioner, timing: .system)
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let running = [Task { try await workers.run() }, Task { try await sweeper.run() }]
    let pulses = Pulses.all(store: store, workers: workers, sweeper: sweeper, loops: loops)
    try await body(Dictionary(uniqueKeysWithValues: pulses.map { ($0.name, $0) }), store, loops)
    for task in running { task.cancel() }
    for task in running { try? await task.value }
    await store.close()
    try await loops.shutdownGracefully()
  }

  /// Whether it grows while it is asked again and again, as the watchdog does.
  private func beats(_ pulse: Pulse, within limit: Duration = .seconds(20)) async throws -> Bool {
    let first = pulse.count()
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(10))
      if pulse.count() != first { return true }
    }
    return false
  }

  @Test func anIdleHouseBeats() async throws {
    try await use { pulses, _, _ in
      #expect(
        Set(pulses.keys) == [
          "the writer", "the workers that settle callbacks", "the sweeper that asks Safaricom", "event loop 1",
          "event loop 2",
        ])
      for (name, pulse) in pulses {
        let isAlive = try await beats(pulse)
        #expect(isAlive, "\(name)")
      }
    }
  }

  @Test func aBlockedWriterFallsSilentAndTheOthersDoNot() async throws {
    try await use { pulses, store, _ in
      let gate = DispatchSemaphore(value: 0)
      let isHeld = Atomic(false)
      async let blocked: Void = store.write { _ in
        isHeld.store(true, ordering: .releasing)
        gate.wait()
      }
      while !isHeld.load(ordering: .acquiring) { await Task.yield() }
      let writer = try #require(pulses["the writer"])
      let isSilent = try await !beats(writer, within: .milliseconds(300))
      let loop = try #require(pulses["event loop 1"])
      let others = try await beats(loop)
      gate.signal()
      try await blocked
      #expect(isSilent && others)
      let isBack = try await beats(writer)
      #expect(isBack)
    }
  }

  @Test func aBlockedEventLoopFallsSilentByItself() async throws {
    try await use { pulses, _, loops in
      let gate = DispatchSemaphore(value: 0)
      let loop = try #require(loops.makeIterator().first { _ in true })
      loop.execute { gate.wait() }
      let first = try #require(pulses["event loop 1"])
      let second = try #require(pulses["event loop 2"])
      let isSilent = try await !beats(first, within: .milliseconds(300))
      let other = try await beats(second)
      gate.signal()
      #expect(isSilent && other)
      let isBack = try await beats(first)
      #expect(isBack)
    }
  }
}
