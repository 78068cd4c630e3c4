public import Daraja
import GRDB

extension SQLiteStore: MoneyStore {
  private static let paid = """
    FROM transactions INDEXED BY transactions_money
    WHERE status = 'completed' AND settled_at >= ? AND settled_at < ?
    """

  public func money(from start: Microseconds, to end: Microseconds) async throws -> [HourMoney] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT (settled_at - ?) / 3600000000 AS hour, count(*) AS payments, sum(coalesce(received_amount, amount)) AS cents
          \(Self.paid) GROUP BY hour ORDER BY hour
          """, arguments: [start, start, end]
      ).map { HourMoney(hour: $0["hour"], payments: $0["payments"], cents: $0["cents"]) }
    }
  }

  public func firstPayment() async throws -> Microseconds? {
    try await read { db in
      try Int64.fetchOne(
        db, sql: "SELECT settled_at \(Self.paid) ORDER BY settled_at LIMIT 1", arguments: [Int64.min, Int64.max])
    }
  }

  public func payments(in spans: [Range<Microseconds>]) async throws -> [Int] {
    try await read { db in
      try spans.map { span in
        try Int.fetchOne(
          db, sql: "SELECT count(*) \(Self.paid)", arguments: [span.lowerBound, span.upperBound]) ?? 0
      }
    }
  }
}
