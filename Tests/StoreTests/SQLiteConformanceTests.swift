import Store
import StoreConformance
import Testing

/// The suite that every engine passes, for SQLite.
@Suite("SQLite, conformance")
struct SQLiteConformanceTests {
  private func run(_ check: ConformanceCheck) async throws {
    try await TemporaryDirectory.use { path in
      try await check.run { try SQLiteStore(directory: path, logger: Journal().logger) }
    }
  }

  @Test("inbox", .timeLimit(.minutes(1)), arguments: StoreConformance.inbox)
  func inbox(check: ConformanceCheck) async throws { try await run(check) }

  @Test("conclusions", .timeLimit(.minutes(1)), arguments: StoreConformance.conclusions)
  func conclusions(check: ConformanceCheck) async throws { try await run(check) }

  @Test("parking", .timeLimit(.minutes(1)), arguments: StoreConformance.parking)
  func parking(check: ConformanceCheck) async throws { try await run(check) }

  @Test("orders", .timeLimit(.minutes(1)), arguments: StoreConformance.orders)
  func orders(check: ConformanceCheck) async throws { try await run(check) }

  @Test("questions", .timeLimit(.minutes(1)), arguments: StoreConformance.questions)
  func questions(check: ConformanceCheck) async throws { try await run(check) }

  @Test("settlement", .timeLimit(.minutes(1)), arguments: StoreConformance.settlement)
  func settlement(check: ConformanceCheck) async throws { try await run(check) }

  @Test("outbox", .timeLimit(.minutes(1)), arguments: StoreConformance.outbox)
  func outbox(check: ConformanceCheck) async throws { try await run(check) }

  @Test("retention", .timeLimit(.minutes(1)), arguments: StoreConformance.retention)
  func retention(check: ConformanceCheck) async throws { try await run(check) }

  @Test("closing", .timeLimit(.minutes(1)), arguments: StoreConformance.closing)
  func closing(check: ConformanceCheck) async throws { try await run(check) }
}
