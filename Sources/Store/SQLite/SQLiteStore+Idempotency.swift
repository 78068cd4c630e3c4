public import Daraja
import Foundation
import GRDB
public import Payments

extension SQLiteStore: IdempotencyStore {
  public func reservation(of request: KeyedRequest, since cutoff: Microseconds) async throws -> Reservation {
    try await read { db in try KeyBook(db: db, cutoff: cutoff).reservation(of: request) }
  }

  public func reserve(
    _ request: KeyedRequest, since cutoff: Microseconds, at now: Microseconds
  ) async throws -> Reservation {
    try await write { db in
      let book = KeyBook(db: db, cutoff: cutoff)
      let known = try book.reservation(of: request)
      if known == .fresh { try book.reserve(request, at: now) }
      return known
    }
  }

  public func keep(_ answer: KeptAnswer, for request: KeyedRequest) async throws {
    try await write { db in try KeyBook(db: db, cutoff: .min).keep(answer, for: request) }
  }

  public func release(_ request: KeyedRequest) async throws {
    try await write { db in try KeyBook(db: db, cutoff: .min).release(request) }
  }

  public func transaction(
    for order: OrderID, phone: MSISDN, after last: TransactionID
  ) async throws -> Transaction? {
    try await read { db in
      try Ledger(db: db).transactions(
        where: "order_id = ? AND phone = ? AND id > ? AND push <> 'rejected' ORDER BY id LIMIT 1",
        [order.number, phone.digits, last.number]
      ).first
    }
  }

  public func createOrder(
    _ order: NewOrder, for request: KeyedRequest, since cutoff: Microseconds, at now: Microseconds,
    answer: @escaping @Sendable (Order) -> KeptAnswer
  ) async throws -> (isNew: Bool, known: Reservation) {
    try await write { [nonces] db in
      let book = KeyBook(db: db, cutoff: cutoff)
      let known = try book.reservation(of: request)
      guard known == .fresh else { return (false, known) }
      try book.reserve(request, at: now)
      let kept = answer(try Ledger(db: db).insert(order, nonce: nonces(), at: now))
      try book.keep(kept, for: request)
      return (true, .answered(kept))
    }
  }

  public func forgetKeys(before cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Int {
    try await write(.background) { db in
      try db.cachedStatement(
        sql: """
          UPDATE idempotency SET reserved_at = ? WHERE (user, route, key) IN
            (SELECT user, route, key FROM idempotency WHERE reserved_at > ? ORDER BY reserved_at LIMIT ?)
          """
      ).execute(arguments: [now, now, limit])
      try db.cachedStatement(
        sql: """
          DELETE FROM idempotency WHERE (user, route, key) IN
            (SELECT user, route, key FROM idempotency WHERE reserved_at < ? ORDER BY reserved_at LIMIT ?)
          """
      ).execute(arguments: [cutoff, limit])
      return db.changesCount
    }
  }
}

/// Keys and answers as SQL. Runs inside a transaction.
private struct KeyBook {
  let db: Database
  /// Keys that were reserved before it count as never used.
  let cutoff: Microseconds

  func reservation(of request: KeyedRequest) throws -> Reservation {
    let statement = try db.cachedStatement(
      sql: """
        SELECT fingerprint, status, location, body, transactions_before FROM idempotency
        WHERE user = ? AND route = ? AND key = ? AND reserved_at >= ?
        """)
    let row = try Row.fetchOne(statement, arguments: [request.user, request.route, request.key, cutoff])
    guard let row else { return .fresh }
    guard try Self.bytes(row, 0) == request.fingerprint else { return .mismatch }
    guard let status = row[1] as Int? else { return .unfinished(after: TransactionID(row[4])) }
    return .answered(KeptAnswer(status: status, location: row[2], body: try Self.bytes(row, 3)))
  }

  /// Takes the place of a key whose time is over.
  func reserve(_ request: KeyedRequest, at now: Microseconds) throws {
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO idempotency(user, route, key, fingerprint, reserved_at, transactions_before)
        VALUES (?, ?, ?, ?, ?, (SELECT ifnull(max(id), 0) FROM transactions))
        """
    ).execute(arguments: [request.user, request.route, request.key, Data(request.fingerprint), now])
  }

  func keep(_ answer: KeptAnswer, for request: KeyedRequest) throws {
    try db.cachedStatement(
      sql: "UPDATE idempotency SET status = ?, location = ?, body = ? WHERE user = ? AND route = ? AND key = ?"
    ).execute(arguments: [
      answer.status, answer.location, Data(answer.body), request.user, request.route, request.key,
    ])
  }

  func release(_ request: KeyedRequest) throws {
    try db.cachedStatement(
      sql: "DELETE FROM idempotency WHERE user = ? AND route = ? AND key = ? AND status IS NULL"
    ).execute(arguments: [request.user, request.route, request.key])
  }

  private static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
    try row.withUnsafeData(atIndex: column) { $0.map { Array($0) } ?? [] }
  }
}
