extension Schema {
  /// What the merchant is told. A row has the number of its event, so that no event is told of twice.
  ///
  /// The partial indexes hold what is not delivered: with a million delivered rows, what is due is found at once.
  static let outbox = """
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY REFERENCES events(id),
      transaction_id INTEGER NOT NULL,
      notification TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      payload BLOB NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting',
      attempts INTEGER NOT NULL DEFAULT 0,
      first_attempt_at INTEGER,
      next_attempt_at INTEGER,
      finished_at INTEGER,
      note TEXT,
      payload_sha256 BLOB,
      purged_at INTEGER
    ) STRICT;
    CREATE INDEX outbox_transaction ON outbox(transaction_id, id);
    CREATE INDEX outbox_due ON outbox(next_attempt_at) WHERE state = 'waiting';
    CREATE INDEX outbox_waiting ON outbox(id) WHERE state = 'waiting';
    CREATE INDEX outbox_parked ON outbox(id) WHERE state = 'parked';
    CREATE INDEX outbox_unaddressed ON outbox(id) WHERE state = 'unaddressed';
    CREATE INDEX outbox_delivered_whole ON outbox(finished_at) WHERE state = 'delivered' AND purged_at IS NULL;
    CREATE INDEX outbox_unaddressed_whole ON outbox(finished_at) WHERE state = 'unaddressed' AND purged_at IS NULL;

    CREATE TABLE outbox_attempts (
      id INTEGER PRIMARY KEY,
      outbox_id INTEGER NOT NULL REFERENCES outbox(id),
      at INTEGER NOT NULL,
      duration INTEGER NOT NULL,
      status INTEGER,
      answer TEXT NOT NULL
    ) STRICT;
    CREATE INDEX outbox_attempts_outbox ON outbox_attempts(outbox_id, id);
    """
}
