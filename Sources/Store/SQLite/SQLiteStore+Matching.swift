public import Daraja
import GRDB
public import Payments

extension SQLiteStore: MatchingStore {
  public func unnamedTransactions(
    phone: MSISDN?, since: Microseconds, until: Microseconds, limit: Int
  ) async throws -> [Transaction] {
    let sql = """
      SELECT \(Transaction.columns) FROM transactions
      INDEXED BY \(phone == nil ? "transactions_created" : "transactions_by_phone")
      WHERE \(phone == nil ? "" : "phone = ? AND ")created_at BETWEEN ? AND ? AND checkout_request_id IS NULL AND push = 'uncertain'
      ORDER BY created_at DESC, id DESC LIMIT ?
      """
    let span: StatementArguments = [since, until, min(max(limit, 1), BrowsingLimit.page)]
    return try await read { db in
      try Row.fetchAll(db, sql: sql, arguments: (phone.map { [$0.digits] } ?? []) + span).map(Transaction.init)
    }
  }

  public func match(_ match: Match, with id: TransactionID, at now: Microseconds) async throws -> Matching {
    let matching = try await write { db in try Ledger(db: db).match(match, with: id, at: now) }
    if case .matched = matching { wakeWorkers() }
    return matching
  }
}

extension Ledger {
  fileprivate func match(_ match: Match, with id: TransactionID, at now: Microseconds) throws -> Matching {
    guard let before = try transaction(.transaction(id)) else { return .noSuchTransaction }
    if let objection = before.objectionToMatch { return .objection(objection) }
    if let holder = try transaction(.checkoutRequestID(match.checkoutRequestID)) { return .taken(by: holder.id) }
    let left = try UnprovenLedger(db: db, now: now).leave(
      """
      UPDATE inbox SET state = 'parked', next_attempt_at = ?, checkout_request_id = ?, attempts = 0, note = ?
      WHERE id = ? AND state = 'unmatched' AND token IS NULL AND purged_at IS NULL
      """,
      [now, match.checkoutRequestID, "Matched with transaction \(id) by \(match.who).", match.delivery.number])
    guard !left.isEmpty else { return .notMatchable }
    let decision = try settle(
      before, with: .operatorMatch(match), nextQueryAt: before.nextQueryAt, delivery: match.delivery, at: now)
    return .matched(before: before, decision)
  }
}
