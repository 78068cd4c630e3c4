import Daraja
import Logging
import Reconciliation
import ServiceLifecycle
import Store
import Testing

@testable import Gateway

@Suite struct SourceCountsTests {
  @Test func eachAddressHasItsCounts() {
    let counts = SourceCounts()
    counts.note("10.0.0.1", .token, isRefused: false, at: 30)
    counts.note("10.0.0.1", .wrongToken, isRefused: true, at: 10)
    counts.note("10.0.0.1", .token, isRefused: true, at: 20)
    counts.note("10.0.0.2", .none, isRefused: false, at: 40)
    #expect(
      counts.take().sorted { $0.address < $1.address } == [
        SourceCount(
          address: "10.0.0.1", deliveries: 3, proven: 2, wrongTokens: 1, refused: 2, refusedProven: 1, firstSeen: 10,
          lastSeen: 30),
        SourceCount(address: "10.0.0.2", deliveries: 1, firstSeen: 40, lastSeen: 40),
      ])
    #expect(counts.take().isEmpty)
  }

  @Test func howManyAreToldApartIsBoundedAndNothingGoesUncounted() {
    let counts = SourceCounts()
    let callers = SourceCounts.capacity * 3
    for number in 0..<callers { counts.note("stranger \(number)", .none, isRefused: false, at: 1) }
    counts.note("stranger 0", .none, isRefused: false, at: 2)
    counts.note("Safaricom's new address", .token, isRefused: false, at: 3)
    let taken = counts.take()
    #expect(taken.count == SourceCounts.capacity + 2)
    #expect(taken.reduce(0) { $0 + $1.deliveries } == callers + 2)
    #expect(taken.first { $0.address == SourceCount.others }?.deliveries == callers - SourceCounts.capacity)
    #expect(taken.first { $0.address == "stranger 0" }?.deliveries == 2)
    #expect(taken.contains { $0.address == "Safaricom's new address" }, "no stranger can hide what proves something")
  }

  @Test func whatCannotBeRecordedIsKept() async throws {
    let counts = SourceCounts()
    let store = Recorded()
    store.state.withLock { $0.fails = true }
    counts.note("10.0.0.1", .none, isRefused: false, at: 10)
    await #expect(throws: StoreError.self) { try await counts.record(in: store) }
    counts.note("10.0.0.1", .none, isRefused: false, at: 20)
    store.state.withLock { $0.fails = false }
    try await counts.record(in: store)
    try await counts.record(in: store)
    let recorded = store.state.withLock { $0.counts }
    #expect(recorded == [SourceCount(address: "10.0.0.1", deliveries: 2, firstSeen: 10, lastSeen: 20)])
  }

  @Test(.timeLimit(.minutes(1))) func theLastCountsAreRecordedWhenItStops() async throws {
    let counts = SourceCounts()
    let store = Recorded()
    let never = Timing(now: { 0 }, sleep: { _ in try await Task.sleep(for: .seconds(3_600)) }, chance: { 0 })
    let recorder = SourceRecorder(counts: counts, store: store, timing: never, logger: LogCollector().logger)
    let group = ServiceGroup(services: [recorder], logger: LogCollector().logger)
    async let running: Void = group.run()
    counts.note("10.0.0.1", .token, isRefused: false, at: 10)
    await group.triggerGracefulShutdown()
    try await running
    let recorded = store.state.withLock { $0.counts }
    #expect(recorded.map(\.address) == ["10.0.0.1"])
  }
}

/// Remembers what was recorded.
private final class Recorded: SourceStore {
  let state = Shared<(counts: [SourceCount], fails: Bool)>(([], false))

  func add(_ counts: [SourceCount]) async throws {
    try state.withLock { state in
      if state.fails { throw StoreError.unavailable(detail: "disk full") }
      state.counts += counts
    }
  }

  func sources() async throws -> [SourceCount] { state.withLock { $0.counts } }
}
