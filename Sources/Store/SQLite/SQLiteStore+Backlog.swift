import GRDB
import Payments

extension SQLiteStore {
  /// What waits. Each number is read from an index, up to ``Backlog/countedAtMost``.
  public func backlog() async throws -> Backlog {
    try await read { db in
      func count(_ table: String, where condition: String) throws -> Int {
        try Int.fetchOne(
          db, sql: "SELECT count(*) FROM (SELECT 1 FROM \(table) WHERE \(condition) LIMIT \(Backlog.countedAtMost))")
          ?? 0
      }
      func deliveries(_ state: DeliveryState) throws -> Int {
        try count("inbox", where: "state = '\(state.rawValue)'")
      }
      func transactions(_ status: PaymentStatus) throws -> Int {
        try count("transactions", where: "status = '\(status.rawValue)'")
      }
      func oldest(_ status: PaymentStatus) throws -> Int64? {
        try Int64.fetchOne(
          db, sql: "SELECT min(created_at) FROM transactions WHERE status = '\(status.rawValue)'")
      }
      return Backlog(
        waiting: try deliveries(.received),
        oldestWaiting: try Int64.fetchOne(
          db, sql: "SELECT received_at FROM inbox WHERE state = 'received' ORDER BY id LIMIT 1"),
        unmatched: try deliveries(.unmatched), quarantined: try deliveries(.quarantined),
        review: try transactions(.review),
        lastDelivery: try Int64.fetchOne(db, sql: "SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1"),
        lastCallback: try Int64.fetchOne(
          db,
          sql: """
            SELECT received_at FROM (SELECT received_at, token FROM inbox ORDER BY id DESC LIMIT \(Backlog.searchedAtMost))
            WHERE token IS NOT NULL LIMIT 1
            """),
        pending: try transactions(.pending), oldestPending: try oldest(.pending), oldestReview: try oldest(.review))
    }
  }

  /// Has the writer's thread take something from its queue, and writes nothing.
  /// - Returns: false where the queue has no room for it. Whatever else the writer answers, it answered.
  public func answersThroughWriter() async -> Bool {
    do {
      try await write(guarded: false) { _ in }
      return true
    } catch {
      return error as? StoreError != .overloaded
    }
  }
}
