import Daraja
import GRDB
import NIOCore
import Payments
import Testing

@testable import Store

/// What proves nothing is kept within a budget, and nothing else ever makes room for it.
@Suite("SQLite, the budget of what proves nothing")
struct UnprovenBudgetTests {
  static let now: Microseconds = 1_795_512_600_000_000

  /// A store with a small budget.
  private func use(
    _ budget: UnprovenBudget = UnprovenBudget(bytes: 1_000, rows: 10), _ body: (UnprovenRig) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.use { path in
      let options = SQLiteOptions(spoolBytes: 0, unprovenBudget: budget, nonces: { Nonce(7) })
      let rig = UnprovenRig(store: try SQLiteStore(directory: path, options: options, logger: Journal().logger))
      try await body(rig)
      await rig.store.close()
    }
  }

  @Test("Over the byte budget the oldest lose their bytes; hash, size and why they are there stay")
  func bytes() async throws {
    try await use { rig in
      let ids = try await rig.flood(8, bytes: 200)
      let rows = try await rig.deliveries(ids)
      #expect(rows.map { $0?.body.isEmpty } == [true, true, true, false, false, false, false, false])
      #expect(rows.map { $0?.isPurged } == [true, true, true, false, false, false, false, false])
      let first = try #require(rows[0])
      #expect(first.state == .quarantined && first.source == "10.0.0.1")
      let note = try #require(first.note)
      #expect(note.hasPrefix("noise Its 200 bytes were removed to make room"), "\(note)")
      #expect(note.contains("their SHA-256 was \(UnprovenRig.hash(0, bytes: 200))."), "\(note)")
      let found = try await rig.store.unprovenMessages(days: 9)
      #expect(found.rows == 8 && found.bytes == 1_000 && !found.isOverBudget)
      #expect(found.removed == (0, 3, 600))
      #expect(
        found.removedByDay == [.init(day: Self.now / 86_400_000_000 * 86_400_000_000, rows: 0, bodies: 3, bytes: 600)])
    }
  }

  @Test("Over the row budget the oldest rows go, those without bytes first; how many they were stays, by day")
  func rows() async throws {
    try await use { rig in
      let day: Microseconds = 86_400_000_000
      let old = try await rig.flood(8, bytes: 200, at: Self.now - day)
      let new = try await rig.flood(8, bytes: 10)
      #expect(
        try await rig.deliveries(old).map { $0 != nil } == [false, false, false, false, false, false, true, true])
      #expect(try await rig.deliveries(new).allSatisfy { $0?.body.count == 10 })
      let found = try await rig.store.unprovenMessages(days: 1)
      #expect(found.rows == 10 && found.bytes <= 1_000)
      #expect(found.removed.rows == 6)
      #expect(found.removedByDay.map(\.rows) == [6])
      #expect(found.removedByDay.first?.day == (Self.now - day) / day * day)
      #expect(try await rig.store.recountUnproven() == (0, 0))
    }
  }

  @Test("Nothing else makes room: received, parked, settled, proven, named after a payment of ours, or in a timeline")
  func untouched() async throws {
    try await use { rig in
      let store = rig.store
      let transaction = try await rig.transaction("ws_CO_ours")
      let received = try await rig.store(Self.numbered(1))
      let parked = try await rig.unmatched("ws_CO_parked", then: .park(until: Self.now + 1))
      let settled = try await rig.about("ws_CO_ours", .none)
      let proven = try await rig.quarantined(2, token: transaction)
      let provenUnmatched = try await rig.unmatched("ws_CO_x", token: TransactionID(999), then: .giveUp)
      // Its payment got its name later; a database of an older version may hold such.
      let ours = try await rig.unmatched("ws_CO_later", then: .giveUp)
      try await store.write { try $0.execute(sql: "UPDATE transactions SET checkout_request_id = 'ws_CO_later'") }
      // It stopped the program three times.
      let poison = try await rig.store(Self.numbered(3))
      for _ in 0..<4 { try await store.claim([poison]) }
      _ = try await store.conclude([(poison, .quarantine(reason: "it stopped the program"))], at: Self.now)
      let kept = [received, parked, settled, proven, provenUnmatched, ours, poison]
      let before = try await rig.deliveries(kept)
      let flood = try await rig.flood(40, bytes: 100)
      #expect(try await rig.deliveries(kept).map { $0?.body } == before.map { $0?.body })
      #expect(try await rig.deliveries(kept).map { $0?.state } == before.map { $0?.state })
      #expect(try await rig.deliveries(flood).filter { $0 != nil }.count == 10)
      #expect(try await store.recountUnproven() == (0, 0))
    }
  }

  @Test("A number of the inbox is never given out again, even where the newest row is the first to go")
  func numbers() async throws {
    try await use(UnprovenBudget(bytes: 0, rows: 0)) { rig in
      var seen: Set<DeliveryID> = []
      for number in 0..<20 {
        let id = try await rig.quarantined(number, bytes: 10)
        #expect(seen.insert(id).inserted, "\(id) again")
        while try await rig.store.purgeUnproven(limit: 10, at: Self.now).goesOn {}
      }
      #expect(try await rig.store.unprovenMessages(days: 0).rows <= 1)
    }
  }

  @Test("What is far beyond the budget at the first start is worked off in bounded steps")
  func farBeyond() async throws {
    try await use(UnprovenBudget(bytes: 10_000, rows: 500)) { rig in
      try await rig.store.write { db in
        try db.execute(
          sql: """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO inbox(received_at, source, body, state, note) SELECT i, '', zeroblob(100), 'quarantined', '' FROM n;
            UPDATE unproven_counts SET rows = 5000, bytes = 500000;
            """)
      }
      var steps: [Int] = []
      var purge: Purge
      repeat {
        purge = try await rig.store.purgeUnproven(limit: 200, at: Self.now)
        steps.append(purge.count)
      } while purge.goesOn
      #expect(steps.allSatisfy { $0 <= 200 } && steps.reduce(0, +) == 4_500 + 400, "\(steps)")
      let found = try await rig.store.unprovenMessages(days: 0)
      #expect(found.rows == 500 && found.bytes == 10_000)
      #expect(try await rig.store.recountUnproven() == (0, 0))
    }
  }

  @Test("Counts that are wrong are found and corrected")
  func drift() async throws {
    try await use(UnprovenBudget(bytes: 10_000, rows: 100)) { rig in
      _ = try await rig.flood(5, bytes: 10)
      try await rig.store.write { try $0.execute(sql: "UPDATE unproven_counts SET rows = 77, bytes = -3") }
      #expect(try await rig.store.recountUnproven() == (-72, 53))
      #expect(try await rig.store.recountUnproven() == (0, 0))
      let found = try await rig.store.unprovenMessages(days: 0)
      #expect(found.rows == 5 && found.bytes == 50)
    }
  }

  @Test("Twenty messages about one payment leave an event; what follows is counted, without event and bytes")
  func perTransaction() async throws {
    try await use(UnprovenBudget(bytes: 100_000, rows: 30)) { rig in
      let id = try await rig.transaction("ws_CO_ours")
      let before = try await rig.store.timeline(of: id).count
      var messages: [DeliveryID] = []
      for _ in 0..<25 { messages.append(try await rig.about("ws_CO_ours", .none)) }
      #expect(try await rig.store.timeline(of: id).count == before + UnprovenBudget.eventsPerTransaction)
      let rows = try await rig.deliveries(messages)
      #expect(rows.allSatisfy { $0?.state == .settled && $0?.transaction == id })
      #expect(rows.map { $0?.isPurged == true } == (0..<25).map { $0 >= 20 })
      #expect(rows.last??.note?.contains("SHA-256") == true)
      #expect(try await rig.store.unprovenMessages(days: 0).withoutEvent == 5)
      // What Safaricom says still counts, as often as it is said.
      _ = try await rig.about("ws_CO_ours", .token)
      #expect(try await rig.store.timeline(of: id).count == before + UnprovenBudget.eventsPerTransaction + 1)
      // However many follow, the rows stay within the budget, and those with an event stay.
      for _ in 0..<100 { _ = try await rig.about("ws_CO_ours", .none) }
      #expect(try await rig.store.unprovenMessages(days: 0).rows <= 30)
      #expect(try await rig.deliveries(Array(messages.prefix(20))).allSatisfy { $0?.body.isEmpty == false })
      #expect(try await rig.store.recountUnproven() == (0, 0))
    }
  }

  @Test("A message beyond the twentieth still brings the question forward")
  func questionForward() async throws {
    try await use { rig in
      let id = try await rig.transaction("ws_CO_ours", nextQueryAt: Self.now + 3_600_000_000)
      for _ in 0..<UnprovenBudget.eventsPerTransaction { _ = try await rig.about("ws_CO_ours", .none) }
      try await rig.store.write {
        try $0.execute(sql: "UPDATE transactions SET next_query_at = \(Self.now + 3_600_000_000)")
      }
      _ = try await rig.about("ws_CO_ours", .none)
      #expect(try await rig.store.transaction(id)?.nextQueryAt == Self.now)
    }
  }

  @Test("What has no bytes any more is neither replayed, nor matched, nor taken up when its payment gets its name")
  func withoutBytes() async throws {
    try await use(UnprovenBudget(bytes: 0, rows: 10)) { rig in
      let message = try await rig.unmatched("ws_CO_late", then: .giveUp)
      _ = try await rig.quarantined(1)
      #expect(try await rig.deliveries([message]).first??.isPurged == true)
      #expect(try await rig.store.replay([message], note: "", at: Self.now).isEmpty)
      let id = try await rig.transaction(nil)
      let match = Match(delivery: message, checkoutRequestID: "ws_CO_late", who: "asha", why: "x")
      #expect(try await rig.store.match(match, with: id, at: Self.now) == .notMatchable)
      _ = try await rig.transaction("ws_CO_late")
      #expect(try await rig.deliveries([message]).first??.state == .unmatched)
    }
  }

  @Test("Whatever happens in whatever order, the counts are what there is", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func anyOrder(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    try await use(UnprovenBudget(bytes: 2_000, rows: 25)) { rig in
      let store = rig.store
      for step in 0..<300 {
        let ids = try await store.read { try Int64.fetchAll($0, sql: "SELECT id FROM inbox") }.map { DeliveryID($0) }
        let some = ids.randomElement(using: &random).map { [$0] } ?? []
        switch Int.random(in: 0..<9, using: &random) {
        case 0...2: _ = try await rig.quarantined(step, bytes: Int.random(in: 0..<300, using: &random))
        case 3: _ = try await rig.quarantined(step, bytes: 50, token: TransactionID(1))
        case 4: _ = try await rig.unmatched("ws_CO_\(step)", then: .giveUp)
        case 5: _ = try await rig.about("ws_CO_\(step)", .none, openedFirst: true)
        case 6: _ = try await store.replay(some, note: "", at: Self.now)
        case 7: _ = try await store.discard(some, who: "asha", why: "noise", at: Self.now)
        default: _ = try await rig.transaction("ws_CO_\(Int.random(in: 0..<300, using: &random))-\(step)")
        }
        let off = try await store.recountUnproven()
        #expect(off == (0, 0), "seed \(seed), step \(step)")
        let found = try await store.unprovenMessages(days: 0)
        #expect(found.rows <= 26 && found.bytes <= 2_300, "seed \(seed), step \(step): \(found)")
      }
    }
  }

  @Test("What is discarded loses its bytes for good and says who and why; what is at work or settled is not touched")
  func discarded() async throws {
    try await use(UnprovenBudget()) { rig in
      let transaction = try await rig.transaction("ws_CO_ours")
      let unmatched = try await rig.unmatched("ws_CO_x", then: .giveUp)
      let quarantined = try await rig.quarantined(7, bytes: 50)
      let proven = try await rig.quarantined(8, bytes: 50, token: transaction)
      let received = try await rig.store(Self.numbered(1))
      let parked = try await rig.unmatched("ws_CO_y", then: .park(until: Self.now + 1))
      let settled = try await rig.about("ws_CO_ours", .token)
      let all = [unmatched, quarantined, proven, received, parked, settled]
      #expect(
        try await rig.store.discard(all, who: "asha", why: "noise", at: Self.now) == [unmatched, quarantined, proven])
      #expect(try await rig.store.discard(all, who: "asha", why: "again", at: Self.now).isEmpty)
      let rows = try await rig.deliveries(all)
      #expect(rows.map { $0?.state } == [.discarded, .discarded, .discarded, .received, .parked, .settled])
      #expect(rows.map { $0?.body.isEmpty } == [true, true, true, false, false, false])
      let note = try #require(rows[1]?.note)
      #expect(note.hasPrefix("Discarded by asha: noise. Before: noise Its 50 bytes"), "\(note)")
      #expect(note.contains(UnprovenRig.hash(7, bytes: 50)))
      #expect(try await rig.store.deliveries(of: transaction, limit: 9).map(\.id).contains(proven))
      var filter = DeliveryFilter()
      filter.state = .discarded
      #expect(
        try await rig.store.deliveries(filter, after: nil, limit: 9).deliveries.map(\.id) == [
          proven, quarantined, unmatched,
        ])
      #expect(try await rig.store.unprovenMessages(days: 0).rows == 0)
      #expect(try await rig.store.recountUnproven() == (0, 0))
    }
  }

  private static func numbered(_ number: Int) -> NewDelivery {
    NewDelivery(body: ByteBuffer(string: "\(number)"), receivedAt: now, source: "10.0.0.1", token: nil)
  }
}
