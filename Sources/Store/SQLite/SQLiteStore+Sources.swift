import GRDB

extension SQLiteStore: SourceStore {
  private static let columns =
    "address, deliveries, proven, wrong_tokens, refused, refused_proven, first_seen, last_seen"

  private static let merge = """
    ON CONFLICT(address) DO UPDATE SET deliveries = deliveries + excluded.deliveries, proven = proven + excluded.proven,
      wrong_tokens = wrong_tokens + excluded.wrong_tokens, refused = refused + excluded.refused,
      refused_proven = refused_proven + excluded.refused_proven, first_seen = min(first_seen, excluded.first_seen),
      last_seen = max(last_seen, excluded.last_seen)
    """

  public func add(_ counts: [SourceCount]) async throws {
    try await write(.background) { db in
      let insert = "INSERT INTO sources(\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?) \(Self.merge)"
      for count in counts {
        try db.cachedStatement(sql: insert).execute(arguments: [
          count.address, count.deliveries, count.proven, count.wrongTokens, count.refused, count.refusedProven,
          count.firstSeen, count.lastSeen,
        ])
      }
      try Self.keepWithinCapacity(db)
    }
  }

  public func sources() async throws -> [SourceCount] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Self.columns) FROM sources ORDER BY proven > 0 DESC, last_seen DESC, address"
      ).map { row in
        SourceCount(
          address: row["address"], deliveries: row["deliveries"], proven: row["proven"],
          wrongTokens: row["wrong_tokens"], refused: row["refused"], refusedProven: row["refused_proven"],
          firstSeen: row["first_seen"], lastSeen: row["last_seen"])
      }
    }
  }

  private static func keepWithinCapacity(_ db: Database) throws {
    let others = SourceCount.others
    let held = try Int.fetchOne(db, sql: "SELECT count(*) FROM sources WHERE address <> ?", arguments: [others]) ?? 0
    guard held > sourceCapacity else { return }
    let leaving = try String.fetchAll(
      db, sql: "SELECT address FROM sources WHERE proven = 0 AND address <> ? ORDER BY last_seen, address LIMIT ?",
      arguments: [others, held - sourceCapacity])
    for address in leaving {
      try db.cachedStatement(
        sql: """
          INSERT INTO sources(\(columns))
          SELECT ?, deliveries, proven, wrong_tokens, refused, refused_proven, first_seen, last_seen
          FROM sources WHERE address = ? \(merge)
          """
      ).execute(arguments: [others, address])
      try db.cachedStatement(sql: "DELETE FROM sources WHERE address = ?").execute(arguments: [address])
    }
  }
}
