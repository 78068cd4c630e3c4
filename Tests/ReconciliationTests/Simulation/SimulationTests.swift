import Testing

@Suite("Deterministic simulation", .timeLimit(.minutes(10)))
struct SimulationTests {
  /// Worlds at the same time: as many as a small machine has cores.
  static let lanes = 2
  /// Worlds in one ordinary run; `TEST_SEEDS` asks for more.
  static let usualSeeds = 200

  @Test("Whatever gets lost, doubled, delayed, forged or crashed: every payment ends as it must")
  func everyPaymentEnds() async throws {
    let seeds = SeededRandom.seeds(Self.usualSeeds)
    let start = ContinuousClock.now
    let crashes = try await withThrowingTaskGroup(of: Int.self) { group in
      var waiting = seeds[...]
      var crashes = 0
      for _ in 0..<Self.lanes {
        if let seed = waiting.popFirst() { group.addTask { try await Self.check(seed) } }
      }
      while let found = try await group.next() {
        crashes += found
        if let seed = waiting.popFirst() { group.addTask { try await Self.check(seed) } }
      }
      return crashes
    }
    print("simulation: \(seeds.count) seeds, \(crashes) crashes, \(ContinuousClock.now - start)")
  }

  @Test("A seed tells the same story each time")
  func repeats() async throws {
    for seed in SeededRandom.seeds(4).prefix(4) {
      let (first, second) = (try await Self.chronicle(seed), try await Self.chronicle(seed))
      #expect(first == second, "TEST_SEED=\(seed)")
    }
  }

  private static func check(_ seed: UInt64) async throws -> Int {
    try await inWorld(seed) { world in
      for broken in try await world.broken() { Issue.record("TEST_SEED=\(seed): \(broken)") }
      return await world.crashes
    }
  }

  private static func chronicle(_ seed: UInt64) async throws -> [String] {
    try await inWorld(seed) { try await $0.chronicle() }
  }

  private static func inWorld<Value>(_ seed: UInt64, _ look: (World) async throws -> Value) async throws -> Value {
    let world = try World(seed: seed)
    do {
      try await world.run()
      let value = try await look(world)
      await world.tearDown()
      return value
    } catch {
      await world.tearDown()
      throw error
    }
  }
}
