public import Daraja
import GRDB
public import Payments

extension SQLiteStore {
  public func createOrder(_ order: NewOrder, at now: Microseconds) async throws -> Order {
    try await write { [nonces] db in try Ledger(db: db).insert(order, nonce: nonces(), at: now) }
  }

  public func order(_ id: OrderID) async throws -> Order? {
    try await read { db in try Ledger(db: db).order(id) }
  }

  public func openPush(
    order: OrderID, phone: MSISDN, createdBy: String, rules: AdmissionRules, firstQueryAt: Microseconds,
    at clock: ClockReading
  ) async throws -> PushOpening {
    try await write(
      ifUnknown: { opening in
        if case .opened(let transaction, _) = opening {
          .unsentPush(transaction.id, createdAt: transaction.createdAt)
        } else {
          nil
        }
      },
      { [nonces] db in
        try Ledger(db: db).openPush(
          order: order, phone: phone, createdBy: createdBy, rules: rules, firstQueryAt: firstQueryAt, nonce: nonces(),
          at: clock)
      })
  }

  public func unsentPushes(limit: Int) async throws -> Set<TransactionID> {
    try await read { db in
      // A number that the failed transaction gave out may have been given out again, if the transaction was not committed after all.
      Set(
        try Int64.fetchAll(
          db,
          sql: """
            SELECT transaction_id FROM unsent_pushes
            JOIN transactions ON transactions.id = transaction_id AND transactions.created_at = unsent_pushes.created_at
            LIMIT ?
            """, arguments: [limit]
        ).map { TransactionID($0) })
    }
  }

  public func forgetUnsentPushes(_ ids: [TransactionID]) async throws {
    try await write { db in
      for id in ids {
        try db.execute(sql: "DELETE FROM unsent_pushes WHERE transaction_id = ?", arguments: [id.number])
      }
      try db.execute(
        sql: """
          DELETE FROM unsent_pushes WHERE NOT EXISTS (
            SELECT 1 FROM transactions
            WHERE transactions.id = transaction_id AND transactions.created_at = unsent_pushes.created_at)
          """)
    }
  }

  public func settle(
    _ id: TransactionID, with evidence: Evidence, nextQueryAt: Microseconds?, at now: Microseconds
  ) async throws -> (before: Transaction, decision: Decision)? {
    let settled: (before: Transaction, decision: Decision)? = try await write { db in
      let ledger = Ledger(db: db)
      guard let before = try ledger.transaction(.transaction(id)) else { return nil }
      let decision = try ledger.settle(before, with: evidence, nextQueryAt: nextQueryAt, delivery: nil, at: now)
      return (before, decision)
    }
    if let settled, settled.before.checkoutRequestID != settled.decision.transaction.checkoutRequestID {
      // What came for it earlier can be settled now.
      wakeWorkers()
    }
    if settled?.decision.notification != nil { wakeNotifier() }
    return settled
  }

  public func transaction(_ id: TransactionID) async throws -> Transaction? {
    try await read { db in try Ledger(db: db).transaction(.transaction(id)) }
  }

  public func unansweredPushes(limit: Int) async throws -> [Transaction] {
    // By number and not by time: the clock may have been set since.
    let last = use.lastTransaction
    return try await read { db in
      try Ledger(db: db).transactions(
        where: "push = 'requested' AND id <= ? ORDER BY created_at, id LIMIT ?", [last, limit])
    }
  }

  public func timeline(of id: TransactionID) async throws -> [StoredEvent] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(StoredEvent.columns) FROM events WHERE transaction_id = ? ORDER BY id",
        arguments: [id.number]
      ).map(StoredEvent.init)
    }
  }
}
