import Daraja
import Logging
import NIOCore
import Payments
import Testing

@testable import Reconciliation
@testable import Store

/// Strangers' messages, from the worker to the journal.
@Suite("What proves nothing", .timeLimit(.minutes(1)))
struct UnprovenPurgeTests {
  private static func store(_ directory: String, rows: Int) throws -> SQLiteStore {
    try SQLiteStore(
      directory: directory,
      options: SQLiteOptions(spoolBytes: 0, unprovenBudget: UnprovenBudget(bytes: 1 << 20, rows: rows)),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Rows that an older version took in, which counted nothing.
  private static func flood(_ store: SQLiteStore, _ count: Int) async throws {
    try await store.write { db in
      try db.execute(
        sql: """
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
          INSERT INTO inbox(received_at, source, body, state) SELECT i, '', x'0102', 'quarantined' FROM n;
          UPDATE unproven_counts SET rows = rows + \(count), bytes = bytes + 2 * \(count);
          """)
    }
  }

  @Test("A flood that was there before is worked off, and told once for all of it")
  func workedOff() async throws {
    let directory = try House.makeDirectory()
    let store = try Self.store(directory, rows: 100)
    let log = LogRecorder()
    let clock = VirtualClock()
    clock.fly()
    try await Self.flood(store, 1_500)
    let purge = UnprovenPurge(
      store: store, timing: clock.timing, audit: Audit(logger: Logger(label: "test") { _ in log }))
    var memory = UnprovenPurge.Memory()
    try await purge.purge(&memory)
    #expect(try await store.unprovenMessages(days: 0).rows == 100)
    func told() -> [String] { log.entries.map(\.message).filter { $0.contains("prove nothing") } }
    #expect(told().count == 1 && told()[0].contains("1400 are gone"), "\(told())")
    #expect(log.fields.last?["MPESA_COUNT"] == "1400")
    // Nothing new is nothing to tell; what comes soon after is told with what comes later.
    try await purge.purge(&memory)
    try await Self.flood(store, 10)
    try await purge.purge(&memory)
    #expect(told().count == 1)
    clock.advance(by: 601)
    try await purge.purge(&memory)
    #expect(told().count == 2 && told()[1].contains("10 are gone"), "\(told())")
    await store.close()
  }

  @Test("A flood that is as fast as the purge is told while it lasts")
  func lastingFlood() async throws {
    let directory = try House.makeDirectory()
    let store = try Self.store(directory, rows: 100)
    let log = LogRecorder()
    let clock = VirtualClock()
    clock.fly()
    // Each commit removes 200 and rests for 20 ms: ten minutes are 30,000 commits, so that here time goes faster than the work.
    var timing = clock.timing
    let sleep = timing.sleep
    timing.sleep = { _ in try await sleep(.seconds(200)) }
    try await Self.flood(store, 1_500)
    let purge = UnprovenPurge(store: store, timing: timing, audit: Audit(logger: Logger(label: "test") { _ in log }))
    var memory = UnprovenPurge.Memory()
    try await purge.purge(&memory)
    let told = log.entries.map(\.message).filter { $0.contains("prove nothing") }
    #expect(told.first?.contains("800 are gone") == true, "\(told)")
    await store.close()
  }

  @Test("Wrong counts are corrected, also where they keep it from finding anything to purge")
  func miscounted() async throws {
    let directory = try House.makeDirectory()
    let store = try Self.store(directory, rows: 100)
    let log = LogRecorder()
    let clock = VirtualClock()
    let purge = UnprovenPurge(
      store: store, timing: clock.timing, audit: Audit(logger: Logger(label: "test") { _ in log }))
    var memory = UnprovenPurge.Memory()
    try await purge.purge(&memory)
    #expect(log.entries.isEmpty)
    try await store.write { try $0.execute(sql: "UPDATE unproven_counts SET rows = 5000") }
    try await purge.purge(&memory)
    #expect(try await store.unprovenMessages(days: 0).rows == 0)
    #expect(log.entries.map(\.message) == ["The counts of messages that prove nothing were wrong and are corrected."])
    await store.close()
  }

  @Test("Who knows a CheckoutRequestID fills neither timeline nor journal, and still has Safaricom asked at once")
  func knowsTheName() async throws {
    let log = LogRecorder()
    try await House.with(log: log) { house in
      let id = try await house.accepted()
      let before = try await house.store.timeline(of: id).count
      for _ in 0..<60 { try await house.deliver(CallbackBodies.paid("ws_CO_1")) }
      try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
      let timeline = try await house.store.timeline(of: id)
      #expect(timeline.count == before + UnprovenBudget.eventsPerTransaction)
      #expect(log.fields.count { $0["MPESA_EVENT"] == "untrusted" } == UnprovenBudget.eventsPerTransaction)
      #expect(try await house.count(.settled) == 60)
      let payment = try await house.transaction(id)
      #expect(payment.status == .pending && payment.nextQueryAt == house.clock.now)
      // Safaricom's own word still counts.
      try await house.deliver(CallbackBodies.paid("ws_CO_1"), token: id)
      try await house.running(house.workers()) { try await house.store.until { try await house.isSettled() } }
      #expect(try await house.transaction(id).status == .completed)
    }
  }
}
