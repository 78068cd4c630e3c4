import GRDB
public import Payments

/// A line of a timeline with its place among all lines.
public struct NumberedEvent: Hashable, Sendable {
  /// Grows with every line of every timeline.
  public var number: Int64
  /// The line.
  public var line: StoredEvent

  /// A line with this number.
  public init(number: Int64, line: StoredEvent) {
    self.number = number
    self.line = line
  }
}

/// Timelines for those who follow them line by line.
public protocol TimelineReading: Sendable {
  /// A transaction's timeline, oldest first.
  /// - Parameters:
  ///   - last: the line after which to begin; 0 for all.
  ///   - limit: how many lines at most.
  func timeline(of id: TransactionID, after last: Int64, limit: Int) async throws -> [NumberedEvent]

  /// The newest line of a transaction's timeline, or nil where there is none.
  func lastEvent(of id: TransactionID) async throws -> NumberedEvent?
}

extension SQLiteStore: TimelineReading {
  public func timeline(of id: TransactionID, after last: Int64, limit: Int) async throws -> [NumberedEvent] {
    try await read { db in
      try NumberedEvent.fetch(db, "id > ? ORDER BY id LIMIT ?", [id.number, last, limit])
    }
  }

  public func lastEvent(of id: TransactionID) async throws -> NumberedEvent? {
    try await read { db in try NumberedEvent.fetch(db, "1 ORDER BY id DESC LIMIT 1", [id.number]).first }
  }
}

extension NumberedEvent {
  fileprivate static func fetch(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [NumberedEvent] {
    let statement = try db.cachedStatement(
      sql: "SELECT \(StoredEvent.columns), id FROM events WHERE transaction_id = ? AND \(condition)")
    return try Row.fetchAll(statement, arguments: arguments).map { row in
      NumberedEvent(number: row["id"], line: try StoredEvent(row))
    }
  }
}
