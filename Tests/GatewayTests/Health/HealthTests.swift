import Store
import Testing

@testable import Gateway

@Suite("Health and readiness", .timeLimit(.minutes(1)))
struct HealthTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var path = WritePathState()
    var storeFails: StoreError?
    var healthy = true
    var ready: String?
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "all is well"),
    Row(name: "a batch takes seconds", path: WritePathState(busyFor: .seconds(29), waiting: 400)),
    Row(name: "a batch never ends", path: WritePathState(busyFor: .seconds(31)), healthy: false),
    Row(name: "the database failed, and commits again", path: WritePathState(failure: "disk full")),
    Row(
      name: "the database cannot be read or written", path: WritePathState(failure: "disk full"),
      storeFails: .unavailable(detail: "disk full"), healthy: false, ready: "store_unavailable"),
    Row(name: "the store is closing", path: WritePathState(isClosed: true), ready: "stopping"),
  ]

  @Test("What is asked, and what is answered", arguments: rows)
  func answers(row: Row) async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(row.path)
      gateway.store.fail(row.storeFails)
      let health = try await gateway.send("GET", "/healthz")
      #expect(health.status == (row.healthy ? 200 : 503))
      #expect(row.healthy ? health.json["status"] == .string("ok") : health.errorCode == "store_unavailable")
      let ready = try await gateway.send("GET", "/readyz")
      #expect(ready.status == (row.ready == nil ? 200 : 503))
      #expect(ready.errorCode == row.ready)
      #expect(row.ready == nil || ready.headers["retry-after"] != nil)
      #expect(gateway.store.writeTests == (row.path.failure == nil ? 0 : 1), "only a database that failed is tried")
    }
  }
}
