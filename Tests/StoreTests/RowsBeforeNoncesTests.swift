import Daraja
import Foundation
import GRDB
import NIOCore
import Payments
import Testing

@testable import Store

/// What mpesad 0.1 left: rows, spool records and addresses without nonces. They go on working together.
@Suite("SQLite, rows from before there were nonces")
struct RowsBeforeNoncesTests {
  private static let now: Int64 = 1_795_512_600_000_000

  /// A database as the schema before had it: one order, one pending transaction that Safaricom has named, one callback of it.
  private static func prepare(_ path: String) throws {
    let queue = try DatabaseQueue(path: path + "/mpesad.db")
    try Schema.migrator.migrate(queue, upTo: "0012-unmatched-checkouts")
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO orders(amount, description, reference, created_by, created_at) VALUES (100, '', 'A-1', '7', 1);
          INSERT INTO transactions(order_id, amount, phone, created_by, created_at, push, checkout_request_id, status, flags,
            next_query_at, queries)
          VALUES (1, 100, '254712345678', '7', 1, 'accepted', 'ws_CO_1', 'pending', 0, 1, 0);
          INSERT INTO inbox(received_at, source, token, body) VALUES (1, '10.0.0.1', 1, x'7b7d');
          """)
    }
    try queue.close()
  }

  @Test("An old token settles an old row, and a token with a nonce does not; a new row has one")
  func upgraded() async throws {
    try await TemporaryDirectory.use { path in
      try Self.prepare(path)
      let store = try SQLiteStore(
        directory: path, options: SQLiteOptions(nonces: { Nonce(42) }), logger: Journal().logger)
      let before = try #require(try await store.transaction(TransactionID(1)))
      let order = try #require(try await store.order(OrderID(1)))
      #expect(before.nonce == nil && order.nonce == nil)
      let waiting = try #require(try await store.received(after: nil, limit: 10).first)
      #expect(waiting.token == before.token)

      let success = STKCallback(
        checkoutRequestID: "ws_CO_1", resultCode: .success, amount: Amount(cents: 100), receipt: Receipt("RCPT1"))
      let strange = NewDelivery(
        body: ByteBuffer(string: "{}"), receivedAt: 2, source: "::1", token: ProvenToken(before.id, nonce: Nonce(42)))
      guard case .stored(let other) = try await store.append(strange) else { throw StoreError.closed }
      func finding(_ token: ProvenToken?) throws -> Finding {
        .evidence(about: .token(try #require(token)), success, .token, ifUnknown: .addressUnknown)
      }
      #expect(try await store.conclude([(other, finding(strange.token))], at: Self.now) == [.unmatched])
      #expect(try await store.transaction(before.id) == before)
      _ = try await store.conclude([(waiting.id, finding(waiting.token))], at: Self.now)
      #expect(try await store.order(order.id)?.paidBy == before.id)

      let made = try await store.createOrder(
        NewOrder(amount: Amount(cents: 100), description: "", reference: "A-2", createdBy: "7"), at: Self.now)
      let opening = try await store.openPush(
        order: made.id, phone: try MSISDN("254712345679"), createdBy: "7", rules: AdmissionRules(),
        firstQueryAt: Self.now, at: Self.now)
      guard case .opened(let transaction, _) = opening else { throw StoreError.closed }
      #expect(made.nonce == Nonce(42) && transaction.nonce == Nonce(42))
      #expect(try await store.order(made.id) == made)
      #expect(try await store.transaction(transaction.id) == transaction)
      await store.close()
    }
  }

  /// The payload of a record as mpesad 0.1 wrote it: kind, time, transaction, source, body.
  private static func payload(kind: UInt8 = 1, nonce: Int64? = nil) -> ByteBuffer {
    var payload = ByteBuffer()
    payload.writeInteger(kind)
    if let nonce { payload.writeInteger(nonce) }
    payload.writeInteger(Int64(77))
    payload.writeInteger(Int64(1))
    payload.writeInteger(UInt16(3))
    payload.writeString("::1{}")
    return payload
  }

  @Test("A spool's record without a nonce is read and written as before; one with a nonce is no such record")
  func spoolRecords() throws {
    let old = try #require(SpoolEntry(Self.payload()))
    guard case .callback(let callback) = old else {
      Issue.record("\(old)")
      return
    }
    #expect(callback.token == ProvenToken(TransactionID(1), nonce: nil) && callback.source == "::1")
    var written = ByteBuffer()
    old.encode(into: &written)
    #expect(written == Self.payload())

    var proven = callback
    proven.token = ProvenToken(TransactionID(1), nonce: Nonce(42))
    written.clear()
    SpoolEntry.callback(proven).encode(into: &written)
    #expect(written == Self.payload(kind: 3, nonce: 42), "an earlier program must not take it for the number alone")
    guard case .callback(let read)? = SpoolEntry(written) else {
      Issue.record("it is not read")
      return
    }
    #expect(read.token == proven.token && read.body == callback.body && read.receivedAt == 77)
    for length in 0..<written.readableBytes - 2 {
      #expect(SpoolEntry(ByteBuffer(bytes: written.readableBytesView.prefix(length))) == nil, "cut to \(length)")
    }
  }
}
