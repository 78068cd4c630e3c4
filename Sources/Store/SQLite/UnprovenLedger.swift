import Daraja
import GRDB
import Payments

/// The budget of messages that prove nothing, as SQL. Runs inside a transaction of the writer's.
///
/// Rows and bytes are counted in `unproven_counts`, in the transaction that changes them: whatever takes a message into `unmatched` or
/// `quarantined`, or out of them, says so here.
struct UnprovenLedger {
  /// Which messages the budget counts and may purge; as in the index `inbox_unproven`.
  static let condition = "token IS NULL AND state IN ('unmatched', 'quarantined') AND purge_rule IS NULL"
  /// Starts of work above which a quarantined message is one that stopped the program: three, and the one that put it aside. Such a message
  /// is the program's fault and is wanted whole.
  static let attemptsOfPoison = 3
  /// How many messages one commit removes at most where the budget is exceeded: two for each that it adds, so that an excess shrinks, and some
  /// more, since a large message makes many small ones go. Thirty take a millisecond.
  static func mostRemoved(adding added: Int) -> Int { 2 * added + 30 }

  let db: Database
  let now: Microseconds

  // MARK: Counts

  /// A message became `unmatched` or `quarantined`. It is counted if it proves nothing.
  func entered(_ id: DeliveryID) throws {
    let select = try db.cachedStatement(sql: "SELECT length(body) FROM inbox WHERE id = ? AND \(Self.condition)")
    if let bytes = try Int.fetchOne(select, arguments: [id.number]) { try add(rows: 1, bytes: bytes) }
  }

  /// Runs an update that takes messages out of `unmatched` or `quarantined`.
  /// - Parameter update: without RETURNING. It leaves token, body and purge_rule as they are.
  /// - Returns: those that it changed.
  func leave(_ update: String, _ arguments: StatementArguments) throws -> [DeliveryID] {
    let statement = try db.cachedStatement(
      sql: "\(update) RETURNING id, token IS NULL AND purge_rule IS NULL, length(body)")
    var left: [DeliveryID] = []
    var (rows, bytes) = (0, 0)
    for row in try Row.fetchAll(statement, arguments: arguments) {
      left.append(DeliveryID(row[0]))
      if row[1] {
        rows += 1
        bytes += row[2]
      }
    }
    if rows > 0 { try add(rows: -rows, bytes: -bytes) }
    // Where it comes back, it is looked at anew: what kept it may be gone.
    let forget = try db.cachedStatement(
      sql: "UPDATE inbox SET purge_rule = NULL WHERE id = ? AND purge_rule IS NOT NULL")
    for id in left { try forget.execute(arguments: [id.number]) }
    return left
  }

  func add(rows: Int, bytes: Int) throws {
    try db.cachedStatement(sql: "UPDATE unproven_counts SET rows = rows + ?, bytes = bytes + ?")
      .execute(arguments: [rows, bytes])
  }

  static func counts(_ db: Database) throws -> (rows: Int, bytes: Int) {
    let row = try Row.fetchOne(try db.cachedStatement(sql: "SELECT rows, bytes FROM unproven_counts"))
    return (row?[0] ?? 0, row?[1] ?? 0)
  }

  /// What the counts must be, by reading all that they count.
  static func recount(_ db: Database) throws -> (rows: Int, bytes: Int) {
    let row = try Row.fetchOne(
      db, sql: "SELECT count(*), ifnull(sum(length(body)), 0) FROM inbox INDEXED BY inbox_unproven WHERE \(condition)")
    let excess =
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM inbox INDEXED BY inbox_excess WHERE purge_rule = 'excess'") ?? 0
    return ((row?[0] ?? 0) + excess, row?[1] ?? 0)
  }

  // MARK: Events of one transaction

  /// Counts a message about a transaction.
  /// - Returns: whether it may leave an event.
  func mayLeaveEvent(about transaction: TransactionID) throws -> Bool {
    let counted = try Bool.fetchOne(
      try db.cachedStatement(
        sql: """
          INSERT INTO unproven_events(transaction_id, with_event, without_event) VALUES (?, 1, 0)
          ON CONFLICT(transaction_id) DO UPDATE SET
            without_event = without_event + (with_event >= \(UnprovenBudget.eventsPerTransaction)),
            with_event = min(with_event + 1, \(UnprovenBudget.eventsPerTransaction))
          RETURNING without_event = 0
          """), arguments: [transaction.number])
    return counted ?? true
  }

  /// A message was settled that may leave no event: its bytes go, and its row is among the first to make room.
  func exceeded(_ id: DeliveryID) throws {
    try db.cachedStatement(sql: "UPDATE inbox SET purge_rule = 'excess', note = ? WHERE id = ?").execute(arguments: [
      "It proves nothing, and \(UnprovenBudget.eventsPerTransaction) such messages about this payment left their events before.",
      id.number,
    ])
    try MessageBytes.overwriting(db) {
      try MessageBytes(db: db, now: now).rewrite(id.number, how: "at once")
    }
    try db.cachedStatement(sql: "UPDATE unproven_counts SET rows = rows + 1, without_event = without_event + 1")
      .execute()
  }
}
