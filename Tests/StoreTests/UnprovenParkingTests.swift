import Daraja
import GRDB
import NIOCore
import Payments
import Testing

@testable import Store

/// Anybody can post messages that fit no transaction: how many of them may wait is bounded.
@Suite("SQLite, how many messages may be parked")
struct UnprovenParkingTests {
  private static let now = UnprovenBudgetTests.now

  private static func use(_ budget: UnprovenBudget, _ body: (UnprovenRig) async throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let options = SQLiteOptions(spoolBytes: 0, unprovenBudget: budget)
      let rig = UnprovenRig(store: try SQLiteStore(directory: path, options: options, logger: Journal().logger))
      try await body(rig)
      await rig.store.close()
    }
  }

  private static func park(_ name: String) -> Finding {
    .evidence(
      about: .checkoutRequestID(name), STKCallback(checkoutRequestID: name, resultCode: "0"), .none,
      ifUnknown: .park(until: now + 500_000))
  }

  @Test(
    "Beyond the bound a message is unmatched at once, in one round and over several; what is parked stays"
  )
  func bound() async throws {
    try await Self.use(UnprovenBudget(parked: 3)) { rig in
      var round: [(DeliveryID, Finding)] = []
      for number in 0..<5 {
        let id = try await rig.store(.numbered(number, token: nil))
        round.append((id, Self.park("ws_CO_\(number)")))
      }
      let until = Self.now + 500_000
      let parked = Conclusion.parked(until: until)
      #expect(
        try await rig.store.conclude(round, at: Self.now) == [parked, parked, parked, .unmatched, .unmatched])
      let later = try await rig.store(.numbered(5, token: nil))
      #expect(
        try await rig.store.conclude([round[0], (later, Self.park("ws_CO_5"))], at: Self.now) == [parked, .unmatched])
      let row = try #require(try await rig.store.delivery(later))
      #expect(row.state == .unmatched && row.body.count > 0)
      #expect(row.note?.contains("3 messages were parked") == true, "\(row.note ?? "")")
      #expect(try await rig.store.unprovenMessages(days: 0).rows == 3, "the budget counts those that were not parked")
      #expect(try await rig.store.recountUnproven() == (0, 0))
      // The answer to the push of one that was not parked comes after all.
      _ = try await rig.transaction("ws_CO_5")
      #expect(try await rig.store.delivery(later)?.state == .parked)
      #expect(try await rig.store.unprovenMessages(days: 0).rows == 2)
    }
  }

  @Test("The standard bound is the one that is documented")
  func standard() { #expect(UnprovenBudget().parked == 20_000) }

  @Test("Another name of a payment releases what was parked for that name")
  func renamed() async throws {
    try await Self.use(UnprovenBudget()) { rig in
      // A person matched the wrong message; Safaricom's own word then says what the push is called.
      let id = try await rig.transaction(nil)
      let match = Match(delivery: DeliveryID(1), checkoutRequestID: "ws_CO_old", who: "asha", why: "the amount fits")
      _ = try await rig.store.settle(id, with: .operatorMatch(match), nextQueryAt: nil, at: Self.now)
      #expect(try await rig.store.transaction(id)?.checkoutRequestID == "ws_CO_old")
      let waiting = try await rig.unmatched("ws_CO_new", then: .park(until: Self.now + 9_000_000))
      #expect(try await rig.store.parked(dueAt: Self.now, limit: 9).isEmpty)
      let own = try await rig.store(.numbered(1))
      let callback = STKCallback(checkoutRequestID: "ws_CO_new", resultCode: "17")
      _ = try await rig.store.conclude(
        [(own, .evidence(about: .transaction(id), callback, .token, ifUnknown: .giveUp))], at: Self.now)
      #expect(try await rig.store.transaction(id)?.checkoutRequestID == "ws_CO_new")
      #expect(try await rig.store.parked(dueAt: Self.now, limit: 9).map(\.id) == [waiting])
    }
  }

  @Test("What was kept and then released is counted again when it comes back")
  func keptIsForgotten() async throws {
    try await Self.use(UnprovenBudget(bytes: 1_000, rows: 2)) { rig in
      let id = try await rig.unmatched("ws_CO_a", then: .giveUp)
      try await rig.store.write { db in
        try db.execute(sql: "UPDATE inbox SET purge_rule = 'kept'; UPDATE unproven_counts SET rows = 0, bytes = 0")
      }
      _ = try await rig.transaction("ws_CO_a")
      #expect(try await rig.store.delivery(id)?.state == .parked)
      let rule = try await rig.store.read { try String.fetchOne($0, sql: "SELECT purge_rule FROM inbox") }
      #expect(rule == nil)
      #expect(try await rig.store.recountUnproven() == (0, 0))
    }
  }

  @Test("A discarded message is listed with the payment of its address only where the nonce is that payment's")
  func discardedOfAnother() async throws {
    try await Self.use(UnprovenBudget()) { rig in
      let id = try await rig.transaction("ws_CO_ours")
      let nonce = try await rig.store.transaction(id)?.nonce
      let own = try await rig.store(.numbered(1, token: ProvenToken(id, nonce: nonce)))
      let foreign = try await rig.store(
        .numbered(2, token: ProvenToken(id, nonce: Nonce((nonce?.number ?? 0) ^ 1))))
      _ = try await rig.store.conclude(
        [own, foreign].map { ($0, .quarantine(reason: "noise")) }, at: Self.now)
      #expect(try await rig.store.discard([own, foreign], who: "asha", why: "noise", at: Self.now) == [own, foreign])
      #expect(try await rig.store.deliveries(of: id, limit: 9).map(\.id) == [own])
    }
  }
}
