import Daraja
import Foundation
import GRDB
import NIOCore
import Payments
import Testing

@testable import Store

/// A person's match is one commit: the name of the push, the line in the timeline, and the delivery back to work; or none of them.
@Suite("SQLite, matching deliveries with transactions")
struct MatchingTests {
  private static let now: Microseconds = 1_795_512_600_000_000
  private static let name = "ws_CO_24112026101112345712345678"

  private func use(_ body: (SQLiteStore) async throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      try await body(store)
      await store.close()
    }
  }

  private func push(_ store: SQLiteStore, phone: String, _ answer: PushAnswer?) async throws -> Transaction {
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 100), description: "", reference: "A", createdBy: "7"), at: Self.now)
    let opening = try await store.openPush(
      order: order.id, phone: try MSISDN(phone), createdBy: "7", rules: AdmissionRules(), firstQueryAt: Self.now + 30,
      at: Self.now)
    guard case .opened(let transaction, _) = opening else { throw CancellationError() }
    guard let answer else { return transaction }
    return try #require(
      try await store.settle(
        transaction.id, with: .pushAnswer(answer), nextQueryAt: Self.now + 30, at: Self.now)
    ).decision.transaction
  }

  private func unmatched(_ store: SQLiteStore, token: ProvenToken? = nil) async throws -> DeliveryID {
    let delivery = NewDelivery(body: ByteBuffer(string: "{}"), receivedAt: Self.now, source: "10.0.0.1", token: token)
    guard case .stored(let id) = try await store.append(delivery) else { throw CancellationError() }
    let callback = STKCallback(checkoutRequestID: Self.name, resultCode: .success)
    let finding = Finding.evidence(about: .checkoutRequestID(Self.name), callback, .none, ifUnknown: .giveUp)
    _ = try await store.conclude([(id, finding)], at: Self.now)
    return id
  }

  private func match(_ delivery: DeliveryID) -> Match {
    Match(delivery: delivery, checkoutRequestID: Self.name, who: "asha", why: "same phone")
  }

  @Test("A match names the push, has a line in the timeline, and puts the delivery back to work")
  func matched() async throws {
    try await use { store in
      let before = try await push(store, phone: "0700000001", .uncertain(detail: "lost"))
      let delivery = try await unmatched(store)
      guard case .matched(before, let decision) = try await store.match(match(delivery), with: before.id, at: Self.now)
      else {
        Issue.record("it was refused")
        return
      }
      #expect(try await store.transaction(before.id) == decision.transaction)
      #expect(decision.transaction.checkoutRequestID == Self.name && decision.transaction.status == .pending)
      let line = try #require(try await store.timeline(of: before.id).last)
      #expect(line.event == decision.event && line.delivery == delivery)
      let parked = try #require(try await store.parked(dueAt: Self.now, limit: 10).first)
      #expect(parked.id == delivery && parked.attempts == 0 && parked.note == "Matched with transaction 1 by asha.")
    }
  }

  @Test("What cannot be matched leaves everything as it was")
  func refused() async throws {
    try await use { store in
      let open = try await push(store, phone: "0700000001", .uncertain(detail: "lost"))
      let named = try await push(
        store, phone: "0700000002", .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_other"))
      let sent = try await push(store, phone: "0700000003", nil)
      let delivery = try await unmatched(store)
      let addressed = try await unmatched(store, token: ProvenToken(TransactionID(99), nonce: Nonce(7)))
      let tries: [(DeliveryID, TransactionID, Matching)] = [
        (delivery, TransactionID(99), .noSuchTransaction), (delivery, named.id, .objection(.named)),
        (delivery, sent.id, .objection(.answerDue)), (addressed, open.id, .notMatchable),
        (DeliveryID(99), open.id, .notMatchable),
      ]
      for (delivery, id, outcome) in tries {
        #expect(try await store.match(match(delivery), with: id, at: Self.now) == outcome)
      }
      #expect(try await store.transaction(open.id) == open)
      #expect(try await store.timeline(of: open.id).count == 2)
      #expect(try await store.delivery(delivery)?.state == .unmatched)
    }
  }

  @Test("A CheckoutRequestID that a transaction got meanwhile is not given to another")
  func taken() async throws {
    try await use { store in
      let open = try await push(store, phone: "0700000001", .uncertain(detail: "lost"))
      let delivery = try await unmatched(store)
      let holder = try await push(
        store, phone: "0700000002", .accepted(merchantRequestID: nil, checkoutRequestID: Self.name))
      #expect(try await store.match(match(delivery), with: open.id, at: Self.now) == .taken(by: holder.id))
      #expect(try await store.delivery(delivery)?.state == .parked, "it is settled with the one that has the name")
    }
  }

  @Test("Candidates have no name, may have been prompted, and are found through an index")
  func candidates() async throws {
    try await use { store in
      let open = try await push(store, phone: "0700000001", .uncertain(detail: "lost"))
      let other = try await push(store, phone: "0700000004", .uncertain(detail: "lost"))
      _ = try await push(
        store, phone: "0700000002", .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_other"))
      _ = try await push(store, phone: "0700000003", .rejected(code: nil, detail: "no", ours: false))
      func found(_ phone: MSISDN?, _ since: Microseconds, _ until: Microseconds) async throws -> [TransactionID] {
        try await store.unnamedTransactions(phone: phone, since: since, until: until, limit: 10).map(\.id)
      }
      #expect(try await found(nil, Self.now, Self.now) == [other.id, open.id])
      #expect(try await found(open.phone, Self.now, Self.now) == [open.id])
      #expect(try await found(nil, Self.now + 1, .max) == [])
      #expect(try await found(nil, 0, Self.now - 1) == [])
    }
  }
}
