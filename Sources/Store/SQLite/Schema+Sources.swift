extension Schema {
  /// Few rows, read whole and sorted by people's commands only: no index but the key.
  static let sources = """
    CREATE TABLE sources (
      address TEXT PRIMARY KEY,
      deliveries INTEGER NOT NULL,
      proven INTEGER NOT NULL,
      wrong_tokens INTEGER NOT NULL,
      refused INTEGER NOT NULL,
      refused_proven INTEGER NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
