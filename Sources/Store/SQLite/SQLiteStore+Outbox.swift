public import Daraja
import GRDB
public import Payments

extension SQLiteStore: OutboxStore {
  public func outbox(dueAt now: Microseconds, limit: Int) async throws -> [OutboxEntry] {
    try await read { db in
      let due = try OutboxEntry.fetch(db, "WHERE " + Self.dueCondition("<= ?"), [now, limit])
      guard due.count < limit else { return due }
      return due
        + (try OutboxEntry.fetch(
          db, "WHERE " + Self.dueCondition("> ?"), [now.addingUpToEnd(OutboxEntry.longestWait), limit - due.count]))
    }
  }

  /// The oldest waiting event of each transaction, when its time has come.
  /// - Parameter comparison: of the time of the next attempt.
  static func dueCondition(_ comparison: String) -> String {
    """
    state = 'waiting' AND next_attempt_at \(comparison) AND NOT EXISTS (
      SELECT 1 FROM outbox AS earlier
      WHERE earlier.transaction_id = outbox.transaction_id AND earlier.id < outbox.id AND earlier.state = 'waiting')
    ORDER BY next_attempt_at LIMIT ?
    """
  }

  public func nextOutboxDue(after now: Microseconds) async throws -> Microseconds? {
    try await read { db in
      try Int64.fetchOne(
        db, sql: "SELECT min(next_attempt_at) FROM outbox WHERE state = 'waiting' AND next_attempt_at > ?",
        arguments: [now])
    }
  }

  public func conclude(_ attempt: OutboxAttempt, of id: OutboxID, _ verdict: OutboxVerdict) async throws {
    try await write { db in try OutboxLedger(db: db).conclude(attempt, of: id, verdict) }
  }

  public func giveUpUnaddressed(
    dueBefore cutoff: Microseconds, limit: Int, at now: Microseconds
  ) async throws -> Int {
    try await write(.background) { db in
      try OutboxLedger(db: db).giveUpUnaddressed(dueBefore: cutoff, limit: limit, at: now)
    }
  }

  public func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry? {
    try await read { db in try OutboxEntry.fetch(db, "WHERE id = ?", [id.number]).first }
  }

  public func outbox(_ filter: OutboxFilter, after last: OutboxID?, limit: Int) async throws -> [OutboxEntry] {
    let limit = min(max(limit, 1), BrowsingLimit.page)
    return try await read { db in
      let search = try OutboxSearch(filter, after: last, limit: limit, in: db)
      return try OutboxEntry.fetch(db, search.sql, search.arguments)
    }
  }

  public func outboxAttempts(of id: OutboxID) async throws -> [OutboxAttempt] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT at, duration, status, answer FROM outbox_attempts WHERE outbox_id = ? ORDER BY id",
        arguments: [id.number]
      ).map { OutboxAttempt(at: $0[0], duration: $0[1], status: $0[2], answer: $0[3]) }
    }
  }

  public func lastOutboxAttempts(of ids: [OutboxID]) async throws -> [OutboxID: OutboxAttempt] {
    guard !ids.isEmpty else { return [:] }
    // Numbers of our own, as literals: there are as many as a page has rows.
    let list = ids.map { "\($0.number)" }.joined(separator: ", ")
    return try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT outbox_id, at, duration, status, answer, max(id) FROM outbox_attempts WHERE outbox_id IN (\(list)) GROUP BY outbox_id
          """)
      return Dictionary(
        rows.map { (OutboxID($0[0]), OutboxAttempt(at: $0[1], duration: $0[2], status: $0[3], answer: $0[4])) },
        uniquingKeysWith: { _, later in later })
    }
  }

  public func resend(_ ids: [OutboxID], at now: Microseconds) async throws -> [Resending] {
    let resendings = try await write { db in try ids.map { try OutboxLedger(db: db).resend($0, at: now) } }
    if resendings.contains(.due) { wakeNotifier() }
    return resendings
  }

  public func outboxCensus() async throws -> OutboxCensus {
    try await read { db in try OutboxCensus(db) }
  }
}

extension OutboxCensus {
  init(_ db: Database) throws {
    func count(_ state: OutboxState) throws -> Int {
      try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox WHERE state = '\(state.rawValue)'") ?? 0
    }
    self.init(
      waiting: try count(.waiting), parked: try count(.parked),
      oldestWaiting: try Int64.fetchOne(
        db, sql: "SELECT created_at FROM outbox WHERE state = 'waiting' ORDER BY id LIMIT 1"))
  }
}

extension OutboxEntry {
  private static let columns = """
    id, transaction_id, notification, created_at, payload, state, attempts, first_attempt_at, next_attempt_at, finished_at,
    purged_at, note
    """

  /// - Parameter condition: what stands behind `FROM outbox`.
  static func fetch(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [OutboxEntry] {
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM outbox \(condition)")
    return try Row.fetchAll(statement, arguments: arguments).map(OutboxEntry.init)
  }

  private init(_ row: Row) throws {
    self.init(
      id: OutboxID(row[0]), transaction: TransactionID(row[1]),
      notification: try row.value(2, Notification.init(rawValue:)), createdAt: row[3],
      payload: try row.withUnsafeData(atIndex: 4) { data in data.map { Array($0) } ?? [] },
      state: try row.value(5, OutboxState.init(rawValue:)), attempts: row[6], firstAttemptAt: row[7],
      nextAttemptAt: row[8], finishedAt: row[9], purgedAt: row[10], note: row[11])
  }
}
