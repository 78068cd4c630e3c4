public import Daraja
import GRDB
public import Payments

/// Whose question to Safaricom is due.
///
/// However many payments wait, finding the next one reads a few rows: the older ones in the order of `transactions_due`, which is the order in
/// which they are asked about; the young ones from `transactions_young`, which holds no more of them than were pushed within ten minutes.
extension SQLiteStore {
  /// Young by ``Payments/PaymentAge``: now, and how far from it, twice.
  private static let isYoung = "created_at > ? - ? AND created_at < ? + ?"

  static let youngDue = """
    SELECT \(Transaction.columns) FROM transactions INDEXED BY transactions_young
    WHERE next_query_at IS NOT NULL AND \(isYoung) AND (next_query_at <= ? OR next_query_at > ?)
    ORDER BY next_query_at > ?, next_query_at LIMIT ?
    """
  static let olderDue = """
    SELECT \(Transaction.columns) FROM transactions INDEXED BY transactions_due
    WHERE next_query_at <= ? AND NOT (\(isYoung)) ORDER BY next_query_at LIMIT ?
    """
  static let olderPlannedTooFarAhead = """
    SELECT \(Transaction.columns) FROM transactions INDEXED BY transactions_due
    WHERE next_query_at > ? AND NOT (\(isYoung)) ORDER BY next_query_at LIMIT ?
    """
  static let allDueCount = """
    SELECT count(*) FROM transactions INDEXED BY transactions_due WHERE next_query_at <= ? OR next_query_at > ?
    """
  static let youngDueCount = """
    SELECT count(*) FROM transactions INDEXED BY transactions_young
    WHERE next_query_at IS NOT NULL AND \(isYoung) AND (next_query_at <= ? OR next_query_at > ?)
    """
  static let nextDue = "SELECT min(next_query_at) FROM transactions INDEXED BY transactions_due WHERE next_query_at > ?"

  public func questionsDue(
    _ age: PaymentAge, at now: Microseconds, longestWait: Microseconds, limit: Int
  ) async throws -> [Transaction] {
    let young = PaymentAge.youngFor
    let horizon = now + longestWait
    return try await read { db in
      let ledger = Ledger(db: db)
      switch age {
      case .young:
        return try ledger.transactions(
          sql: Self.youngDue, [now, young, now, young, now, horizon, now, limit])
      case .older:
        let due = try ledger.transactions(sql: Self.olderDue, [now, now, young, now, young, limit])
        guard due.count < limit else { return due }
        return try due
          + ledger.transactions(
            sql: Self.olderPlannedTooFarAhead, [horizon, now, young, now, young, limit - due.count])
      }
    }
  }

  public func countQuestionsDue(at now: Microseconds, longestWait: Microseconds) async throws -> [PaymentAge: Int] {
    let young = PaymentAge.youngFor
    let horizon = now + longestWait
    return try await read { db in
      let all = try Int.fetchOne(db, sql: Self.allDueCount, arguments: [now, horizon]) ?? 0
      let youngOnes =
        try Int.fetchOne(db, sql: Self.youngDueCount, arguments: [now, young, now, young, now, horizon]) ?? 0
      return [.young: youngOnes, .older: all - youngOnes]
    }
  }

  public func nextQuestionDue(after moment: Microseconds) async throws -> Microseconds? {
    try await read { db in
      try Int64.fetchOne(db, sql: Self.nextDue, arguments: [moment])
    }
  }
}
