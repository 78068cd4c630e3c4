public import Daraja
import GRDB
public import Payments

extension SQLiteStore {
  public func received(after last: DeliveryID?, limit: Int) async throws -> [Delivery] {
    try await read { db in
      try Self.deliveries(
        db, "state = 'received' AND id > ? ORDER BY id LIMIT ?", [last?.number ?? 0, limit])
    }
  }

  public func parked(dueAt now: Microseconds, limit: Int) async throws -> [Delivery] {
    try await read { db in
      let due = try Self.deliveries(
        db, "state = 'parked' AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?", [now, limit])
      guard due.count < limit else { return due }
      return due
        + (try Self.deliveries(
          db, "state = 'parked' AND next_attempt_at > ? ORDER BY next_attempt_at, id LIMIT ?",
          [now.addingUpToEnd(Delivery.longestDeferral), limit - due.count]))
    }
  }

  public func nextParkedDue() async throws -> Microseconds? {
    try await read { db in
      try Int64.fetchOne(db, sql: "SELECT min(next_attempt_at) FROM inbox WHERE state = 'parked'")
    }
  }

  public func claim(_ deliveries: [DeliveryID]) async throws {
    guard !deliveries.isEmpty else { return }
    try await write(.prompt, guarded: false) { db in
      let statement = try db.cachedStatement(sql: "UPDATE inbox SET attempts = attempts + 1 WHERE id = ?")
      for id in deliveries { try statement.execute(arguments: [id.number]) }
    }
  }

  public func conclude(_ findings: [(DeliveryID, Finding)], at now: Microseconds) async throws -> [Conclusion] {
    guard !findings.isEmpty else { return [] }
    let budget = unprovenBudget
    let conclusions = try await write(.background, guarded: false) { db in
      try InboxConclusion(db: db, now: now, budget: budget).conclude(findings)
    }
    if conclusions.contains(where: \.hasNews) { wakeNotifier() }
    return conclusions
  }

  public func delivery(_ id: DeliveryID) async throws -> Delivery? {
    try await read { db in try Self.deliveries(db, "id = ?", [id.number]).first }
  }

  public func deliveries(in state: DeliveryState, limit: Int) async throws -> [Delivery] {
    try await read { db in
      try Self.deliveries(db, "state = '\(state.rawValue)' ORDER BY id DESC LIMIT ?", [limit])
    }
  }

  public func census() async throws -> Census {
    try await read { db in try Census(db) }
  }

  private static func deliveries(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [Delivery] {
    let statement = try db.cachedStatement(sql: "SELECT \(Delivery.columns) FROM inbox WHERE \(condition)")
    var found: [Delivery] = []
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    while let row = try rows.next() { found.append(try Delivery(row)) }
    return found
  }
}

extension Census {
  /// Counts one by one: the partial indexes hold only what is not finished, so the size of the archive does not matter.
  init(_ db: Database) throws {
    self.init()
    for state in DeliveryState.allCases where !state.isFinal {
      deliveries[state] = try Int.fetchOne(db, sql: "SELECT count(*) FROM inbox WHERE state = '\(state.rawValue)'")
    }
    oldestWaiting = try Int64.fetchOne(
      db, sql: "SELECT received_at FROM inbox WHERE state = 'received' ORDER BY id LIMIT 1")
    for status in [PaymentStatus.pending, .review] {
      transactions[status] = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM transactions WHERE status = '\(status.rawValue)'")
    }
  }
}
