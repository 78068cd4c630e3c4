extension Schema {
  /// What keeps one request from becoming two payments: when a payment was last in doubt, and the requests that came with a key.
  ///
  /// A key belongs to a user and a route. `status` is null while the work is under way, or was when the program ended; then
  /// `transactions_before` tells the transactions that it may have made.
  static let idempotency = """
    ALTER TABLE transactions ADD COLUMN ambiguous_at INTEGER;
    CREATE INDEX transactions_ambiguous ON transactions(phone, ambiguous_at) WHERE ambiguous_at IS NOT NULL;

    CREATE TABLE idempotency (
      user TEXT NOT NULL,
      route TEXT NOT NULL,
      key TEXT NOT NULL,
      fingerprint BLOB NOT NULL,
      reserved_at INTEGER NOT NULL,
      transactions_before INTEGER NOT NULL,
      status INTEGER,
      location TEXT,
      body BLOB,
      PRIMARY KEY (user, route, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotency_reserved ON idempotency(reserved_at);
    """
}
