extension Schema {
  /// A setting is either plain or sealed, never both.
  static let settings = """
    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT,
      sealed BLOB,
      changed_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL,
      CHECK ((value IS NULL) <> (sealed IS NULL))
    ) STRICT, WITHOUT ROWID;
    """
}
