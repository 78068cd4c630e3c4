public import Daraja
import GRDB

extension SQLiteStore: ClockStore {
  public func clockMark() async throws -> ClockMark? {
    try await read { db in
      func mark(_ name: String) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT value FROM marks WHERE name = ?", arguments: [name])
      }
      guard let wall = try mark("clock_wall"), let uptime = try mark("clock_uptime"),
        let runningSince = try mark("clock_running_since"), let isDoubted = try mark("clock_doubted")
      else { return nil }
      return ClockMark(
        wall: wall, uptime: Uptime(microseconds: uptime), runningSince: Uptime(microseconds: runningSince),
        isDoubted: isDoubted != 0)
    }
  }

  public func keep(_ mark: ClockMark) async throws {
    try await write(.background) { db in
      let values = [
        ("clock_wall", mark.wall), ("clock_uptime", mark.uptime.microseconds),
        ("clock_running_since", mark.runningSince.microseconds), ("clock_doubted", mark.isDoubted ? 1 : 0),
      ]
      for (name, value) in values {
        try db.execute(
          sql: "INSERT INTO marks(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
          arguments: [name, value])
      }
    }
  }

  public func healPlans(at now: Microseconds, limit: Int) async throws -> Int {
    // Found by readers, since a look through all plans would hold the writer.
    let found: [(plan: WrongPlan, ids: [Int64])] = try await read { db in
      try WrongPlan.all.map { plan in
        (plan, try Int64.fetchAll(db, sql: plan.search, arguments: ["now": now, "limit": limit]))
      }
    }
    guard found.contains(where: { !$0.ids.isEmpty }) else { return 0 }
    let changed = try await write(.background) { db in
      var changed = 0
      for (plan, ids) in found {
        for id in ids {
          try db.cachedStatement(sql: plan.repair).execute(arguments: ["now": now, "id": id])
          changed += db.changesCount
        }
      }
      return changed
    }
    if changed > 0 {
      wakeWorkers()
      wakeNotifier()
    }
    return changed
  }
}

/// Plans of one kind that were made on a clock that was ahead. Each names when it was made and what it plans.
private struct WrongPlan: Sendable {
  /// The rows, by number.
  let search: String
  /// Puts one row right.
  let repair: String

  private init(_ table: String, _ plan: String, where condition: String) {
    search = "SELECT rowid FROM \(table) WHERE \(condition) LIMIT :limit"
    repair = "UPDATE \(table) SET \(plan) = :now WHERE rowid = :id AND \(condition)"
  }

  static let all = [
    // A question is planned when the prompt is sent, and again when one is answered.
    WrongPlan(
      "transactions", "next_query_at",
      where: "next_query_at > :now AND coalesce(last_query_at, created_at) > :now"),
    WrongPlan("inbox", "next_attempt_at", where: "state = 'parked' AND next_attempt_at > :now AND received_at > :now"),
    // An event is planned when it is written down, and again after each attempt.
    WrongPlan(
      "outbox", "next_attempt_at",
      where: """
        state = 'waiting' AND next_attempt_at > :now AND coalesce(
          (SELECT max(at) FROM outbox_attempts WHERE outbox_id = outbox.id), created_at) > :now
        """),
  ]
}
