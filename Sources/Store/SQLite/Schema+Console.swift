extension Schema {
  /// Sessions are few. The trail is appended to and read backwards: its key is enough. The index on money holds all that the day's sums
  /// need, so that they never touch the table.
  static let console = """
    CREATE TABLE console_sessions (
      hash BLOB PRIMARY KEY,
      user TEXT NOT NULL,
      role TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      used_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE operator_actions (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      what TEXT NOT NULL,
      transaction_id INTEGER,
      why TEXT
    ) STRICT;
    CREATE INDEX transactions_money ON transactions(settled_at, received_amount, amount) WHERE status = 'completed';
    """
}
