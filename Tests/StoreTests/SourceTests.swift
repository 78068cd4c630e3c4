import Store
import Testing

@Suite("Sources")
struct SourceTests {
  private func use(_ body: (SQLiteStore) async throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      do { try await body(store) } catch {
        await store.close()
        throw error
      }
      await store.close()
    }
  }

  @Test("counts add up, over restarts too")
  func adding() async throws {
    try await TemporaryDirectory.use { path in
      let first = try SQLiteStore(directory: path, logger: Journal().logger)
      try await first.add([
        SourceCount(address: "10.0.0.1", deliveries: 2, wrongTokens: 1, refused: 1, firstSeen: 10, lastSeen: 20),
        SourceCount(address: "10.0.0.2", deliveries: 1, proven: 1, firstSeen: 5, lastSeen: 5),
      ])
      await first.close()
      let second = try SQLiteStore(directory: path, logger: Journal().logger)
      try await second.add([
        SourceCount(
          address: "10.0.0.1", deliveries: 3, wrongTokens: 1, refused: 2, refusedProven: 0, firstSeen: 30, lastSeen: 40)
      ])
      #expect(
        try await second.sources() == [
          SourceCount(address: "10.0.0.2", deliveries: 1, proven: 1, firstSeen: 5, lastSeen: 5),
          SourceCount(address: "10.0.0.1", deliveries: 5, wrongTokens: 2, refused: 3, firstSeen: 10, lastSeen: 40),
        ])
      await second.close()
    }
  }

  @Test("what proved something comes first, then the last seen")
  func order() async throws {
    try await use { store in
      try await store.add([
        SourceCount(address: "c", deliveries: 1, firstSeen: 9, lastSeen: 9),
        SourceCount(address: "b", deliveries: 1, proven: 1, firstSeen: 1, lastSeen: 1),
        SourceCount(address: "d", deliveries: 1, firstSeen: 7, lastSeen: 10),
        SourceCount(address: "a", deliveries: 1, proven: 1, firstSeen: 2, lastSeen: 2),
      ])
      #expect(try await store.sources().map(\.address) == ["a", "b", "d", "c"])
    }
  }

  @Test("strangers beyond the capacity are counted together, and what proved something never is")
  func capacity() async throws {
    try await use { store in
      let capacity = SQLiteStore.sourceCapacity
      try await store.add([SourceCount(address: "proven", deliveries: 1, proven: 1, firstSeen: 0, lastSeen: 0)])
      // In several recordings, each later than the one before.
      for start in stride(from: 0, to: capacity + 500, by: 300) {
        try await store.add(
          (start..<min(start + 300, capacity + 500)).map {
            SourceCount(address: "stranger \($0)", deliveries: 2, firstSeen: Int64($0), lastSeen: Int64($0))
          })
      }
      let sources = try await store.sources()
      #expect(sources.count == capacity + 1, "the capacity, and the others together")
      #expect(sources.first?.address == "proven")
      #expect(sources.reduce(0) { $0 + $1.deliveries } == (capacity + 500) * 2 + 1, "nothing goes uncounted")
      let others = try #require(sources.first { $0.address == SourceCount.others })
      #expect(others.deliveries == 501 * 2 && others.firstSeen == 0 && others.lastSeen == 500)
      #expect(!sources.contains { $0.address == "stranger 500" } && sources.contains { $0.address == "stranger 501" })
    }
  }
}
