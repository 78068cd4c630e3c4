import Daraja
import Foundation
import GRDB
import Payments
import Testing

@testable import Store

/// The inbox is looked through a page at a time, without an index that would cost an arriving callback anything.
@Suite("SQLite, looking through the inbox")
struct InboxBrowsingTests {
  static let now: Microseconds = 1_795_512_600_000_000

  private func use(_ body: (SQLiteStore) async throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      try await body(store)
      await store.close()
    }
  }

  @Test("No list of deliveries looks through the inbox or sorts it")
  func deliveryPlans() async throws {
    try await use { store in
      for state in [nil] + DeliveryState.allCases.map(Optional.some) {
        var filter = DeliveryFilter()
        filter.state = state
        let sql = DeliverySearch.sql(for: filter)
        let plan = try await store.read { db in
          try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: [0, 1]).map { $0["detail"] as String }
        }
        #expect(plan.allSatisfy { !$0.contains("SCAN") && !$0.contains("TEMP") }, "\(plan)")
        if let state, state != .settled { #expect(plan.allSatisfy { $0.contains("INDEX inbox_") }, "\(plan)") }
      }
      let ofTransaction = try await store.read { db in
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + DeliverySearch.ofTransaction, arguments: [1, 1, 1, 9])
          .map { $0["detail"] as String }
      }
      #expect(ofTransaction.allSatisfy { !$0.contains("SCAN inbox") }, "\(ofTransaction)")
    }
  }

  /// Deliveries a second apart from three sources in turn; some of them quarantined, some unmatched.
  private func deliver(_ store: SQLiteStore, _ count: Int) async throws -> [DeliverySummary] {
    for number in 0..<count {
      _ = try await store.append(
        NewDelivery(
          body: .init(string: "body \(number)"), receivedAt: Self.now + Microseconds(number) * 1_000_000,
          source: "10.0.0.\(number % 3)", token: nil))
    }
    var findings: [(DeliveryID, Finding)] = []
    for delivery in try await store.received(after: nil, limit: count) where !delivery.id.number.isMultiple(of: 3) {
      let finding: Finding =
        delivery.id.number % 3 == 1
        ? .quarantine(reason: "unreadable")
        : .evidence(
          about: .checkoutRequestID("none"), STKCallback(checkoutRequestID: "none", resultCode: "1032"), .none,
          ifUnknown: .giveUp)
      findings.append((delivery.id, finding))
    }
    _ = try await store.conclude(findings, at: Self.now)
    var all: [DeliverySummary] = []
    var next: DeliveryID?
    repeat {
      let page = try await store.deliveries(DeliveryFilter(), after: next, limit: 500)
      all += page.deliveries
      next = page.next
    } while next != nil
    #expect(all.count == count)
    return all
  }

  @Test("Deliveries are found by state, source and time, newest first, a page at a time", arguments: [7, 500])
  func deliveries(size: Int) async throws {
    try await use { store in
      let all = try await deliver(store, 400)
      #expect(all.first?.beginning == Array("body 399".utf8) && all.first?.length == 8)
      var filters: [DeliveryFilter] = []
      for state in [nil] + DeliveryState.allCases.map(Optional.some) {
        for source in [nil, "10.0.0.1", "10.9.9.9"] {
          for (since, until) in [(nil, nil), (100, nil), (nil, 100), (90, 110), (-5, 5), (395, 999)] as [(Int?, Int?)] {
            var filter = DeliveryFilter()
            filter.state = state
            filter.source = source
            filter.since = since.map { Self.now + Microseconds($0) * 1_000_000 }
            filter.until = until.map { Self.now + Microseconds($0) * 1_000_000 }
            filters.append(filter)
          }
        }
      }
      for filter in filters {
        var found: [DeliverySummary] = []
        var next: DeliveryID?
        repeat {
          let page = try await store.deliveries(filter, after: next, limit: size)
          #expect(page.deliveries.count <= size)
          found += page.deliveries
          next = page.next
        } while next != nil
        #expect(found == all.filter { filter.admits($0) }, "\(filter)")
      }
    }
  }

  @Test("A source that is nowhere is looked for a stretch at a time")
  func stretches() async throws {
    try await use { store in
      let count = BrowsingLimit.deliveriesLookedAt + 10
      try await store.write { db in
        try db.execute(
          sql: """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO inbox(received_at, source, body) SELECT i, '10.0.0.1', x'' FROM n
            """, arguments: [count])
      }
      var filter = DeliveryFilter()
      filter.source = "10.9.9.9"
      let first = try await store.deliveries(filter, after: nil, limit: 10)
      #expect(first.deliveries.isEmpty && first.next == DeliveryID(11))
      let second = try await store.deliveries(filter, after: first.next, limit: 10)
      #expect(second.deliveries.isEmpty && second.next == nil)
    }
  }

  @Test("Times are found although rows are missing in between")
  func missingRows() async throws {
    try await use { store in
      let all = try await deliver(store, 400)
      try await store.write { db in try db.execute(sql: "DELETE FROM inbox WHERE id BETWEEN 20 AND 380") }
      var filter = DeliveryFilter()
      filter.since = Self.now + 10_000_000
      filter.until = Self.now + 390_000_000
      let page = try await store.deliveries(filter, after: nil, limit: 500)
      #expect(page.deliveries == all.filter { filter.admits($0) && !(20...380).contains($0.id.number) })
      #expect(!page.deliveries.isEmpty)
    }
  }

  @Test("The deliveries of a transaction are those settled with it and those kept at its own address")
  func ofTransaction() async throws {
    try await use { store in
      let mine = try await store.seedPendingTransactions(2)
      // Seeded transactions have their number as nonce.
      let (own, other) = (ProvenToken(mine.lowerBound, nonce: Nonce(mine.lowerBound.number)), mine.upperBound)
      let bodies = [
        "settled", "unreadable", "another's", "bare", "of a lost one with the same number", "and an old one",
      ]
      let tokens = [
        own, own, ProvenToken(other, nonce: Nonce(other.number)), nil, ProvenToken(own.id, nonce: Nonce(7)),
        ProvenToken(own.id, nonce: nil),
      ]
      for (body, token) in zip(bodies, tokens) {
        _ = try await store.append(
          NewDelivery(body: .init(string: body), receivedAt: Self.now, source: "10.0.0.1", token: token))
      }
      let ids = try await store.received(after: nil, limit: 10).map(\.id)
      let paid = STKCallback(
        checkoutRequestID: "x", resultCode: .success, amount: Amount(cents: 100), receipt: Receipt("R1"))
      _ = try await store.conclude(
        [
          (ids[0], .evidence(about: .token(own), paid, .token, ifUnknown: .addressUnknown)),
          (ids[1], .quarantine(reason: "unreadable")), (ids[2], .quarantine(reason: "unreadable")),
          (ids[3], .quarantine(reason: "unreadable")),
          (ids[4], .evidence(about: .token(tokens[4] ?? own), paid, .token, ifUnknown: .addressUnknown)),
          (ids[5], .evidence(about: .token(tokens[5] ?? own), paid, .token, ifUnknown: .addressUnknown)),
        ], at: Self.now)
      let found = try await store.deliveries(of: mine.lowerBound, limit: 10)
      #expect(found.map { String(decoding: $0.body, as: UTF8.self) } == ["settled", "unreadable"])
      #expect(try await store.deliveries(of: mine.lowerBound, limit: 1).count == 1)
      #expect(try await store.deliveries(of: TransactionID(5), limit: 10).isEmpty)
    }
  }

  @Test("What was given up is put back once, and what was not is left alone")
  func replay() async throws {
    try await use { store in
      _ = try await deliver(store, 6)
      // 1 and 4 are quarantined, 2 and 5 unmatched, 3 and 6 wait.
      let ids = [1, 2, 3, 99].map { DeliveryID($0) }
      try await store.claim([DeliveryID(1)])
      let replayed = try await store.replay(ids, note: "Put back by asha.", at: Self.now)
      #expect(replayed == [DeliveryID(1), DeliveryID(2)])
      let due = try await store.parked(dueAt: Self.now, limit: 10)
      #expect(due.map(\.id) == replayed)
      #expect(due.allSatisfy { $0.attempts == 0 && $0.note == "Put back by asha." })
      #expect(try await store.replay(ids, note: "again", at: Self.now).isEmpty)
      #expect(try await store.delivery(DeliveryID(4))?.state == .quarantined)
    }
  }
}
