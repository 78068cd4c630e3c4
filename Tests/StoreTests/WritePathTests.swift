import Daraja
import Logging
import Payments
import Testing

@testable import Store

@Suite("SQLite, what is told of the way to the disk and of timelines", .timeLimit(.minutes(1)))
struct WritePathTests {
  @Test("While the database fails it is said why, and how much the spool holds; afterwards it is well again")
  func failing() async throws {
    try await TemporaryDirectory.use { path in
      let rig = try WriterRig(path: path)
      let path = rig.writer.path
      #expect(path.failure == nil && path.isOpen && path.spoolBytes == 0 && path.spoolRoom == (1 << 20) - 4_096)
      try await rig.fillUp()
      _ = try await rig.append(.numbered(0, bytes: 5_000))
      // What the writer notes it notes before it looks for work again; a job that waits its turn comes after that.
      _ = try? await rig.writer.perform(.prompt, guarded: true) { _ in }
      let failing = rig.writer.path
      #expect(failing.failure?.contains("full") == true)
      #expect(failing.spoolBytes > 5_000)
      try await rig.makeRoom()
      _ = try await rig.inbox(reaches: 1)
      _ = try await rig.writer.perform(.prompt, guarded: true) { _ in }
      #expect(rig.writer.path.failure == nil && rig.writer.path.spoolBytes == 0)
      try rig.stop()
      #expect(rig.writer.path.isClosed)
    }
  }

  private static func store(_ path: String) throws -> SQLiteStore {
    try SQLiteStore(
      directory: path, options: SQLiteOptions(spoolBytes: 0),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func push(_ store: SQLiteStore, _ phone: String) async throws -> TransactionID {
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 150_000), description: "", reference: "A", createdBy: "7"), at: 1)
    let opening = try await store.openPush(
      order: order.id, phone: MSISDN(phone), createdBy: "7", rules: AdmissionRules(), firstQueryAt: 2, at: 1)
    guard case .opened(let transaction, _) = opening else { throw Refused(opening: opening) }
    return transaction.id
  }

  private struct Refused: Error { var opening: PushOpening }

  private static func accept(_ store: SQLiteStore, _ id: TransactionID) async throws {
    _ = try await store.settle(
      id, with: .pushAnswer(.accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_\(id)")), nextQueryAt: 2, at: 1)
  }

  @Test("A write that nobody needs reaches the disk, and a closed store says that it is closed")
  func tryWriting() async throws {
    try await TemporaryDirectory.use { path in
      let store = try Self.store(path)
      try await store.tryWriting()
      try await store.tryWriting()
      await store.close()
      await #expect(throws: StoreError.closed) { try await store.tryWriting() }
      #expect(store.writePath.isClosed)
    }
  }

  @Test("A timeline is followed line by line, whoever else writes between")
  func timeline() async throws {
    try await TemporaryDirectory.use { path in
      let store = try Self.store(path)
      let first = try await Self.push(store, "0712345671")
      let second = try await Self.push(store, "0712345672")
      #expect(try await store.lastEvent(of: first)?.line.event.kind == .pushRequested)
      let begun = try await store.timeline(of: first, after: 0, limit: 10)
      try await Self.accept(store, second)
      try await Self.accept(store, first)
      let news = try await store.timeline(of: first, after: try #require(begun.last).number, limit: 10)
      #expect(news.map(\.line.event.kind) == [.pushAccepted])
      #expect(try await store.lastEvent(of: first) == news.last)
      #expect(try await store.timeline(of: first, after: 0, limit: 1) == begun)
      #expect(try await store.timeline(of: first, after: .max, limit: 10).isEmpty)
      #expect(try await store.lastEvent(of: TransactionID(99)) == nil)
      #expect(try await store.timeline(of: first).count == 2)
      await store.close()
    }
  }
}
