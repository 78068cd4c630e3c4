import GRDB

/// The numbered migrations of the SQLite engine. A migration that was released is never edited; the next one follows it.
///
/// Times are microseconds since the epoch, UTC; money is cents; states are the raw values of the types in `Payments` and `Store`.
enum Schema {
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("0001-inbox-and-ledger") { db in try db.execute(sql: inboxAndLedger) }
    migrator.registerMigration("0002-settings") { db in try db.execute(sql: settings) }
    migrator.registerMigration("0003-browsing") { db in try db.execute(sql: browsing) }
    migrator.registerMigration("0004-idempotency") { db in try db.execute(sql: idempotency) }
    migrator.registerMigration("0005-sources") { db in try db.execute(sql: sources) }
    migrator.registerMigration("0006-outbox") { db in try db.execute(sql: outbox) }
    migrator.registerMigration("0007-retention") { db in try db.execute(sql: retention) }
    migrator.registerMigration("0008-checkout") { db in try db.execute(sql: checkout) }
    migrator.registerMigration("0009-console") { db in try db.execute(sql: console) }
    migrator.registerMigration("0010-deliveries") { db in try db.execute(sql: deliveries) }
    migrator.registerMigration("0011-unsent-pushes") { db in try db.execute(sql: unsentPushes) }
    migrator.registerMigration("0012-unmatched-checkouts") { db in try db.execute(sql: unmatchedCheckouts) }
    // These add columns, indexes and tables, and no reference to what is there: to look through every table afterwards would keep a big database
    // from opening for minutes, and find nothing.
    migrator.registerMigration("0013-nonces", foreignKeyChecks: .immediate) { db in try db.execute(sql: nonces) }
    migrator.registerMigration("0014-questions", foreignKeyChecks: .immediate) { db in try db.execute(sql: questions) }
    migrator.registerMigration("0015-unproven-budget", foreignKeyChecks: .immediate) { db in
      try db.execute(sql: unprovenBudget)
    }
    return migrator
  }()

  /// What addresses hold besides a number, so that none is about another row that got the same number. Null in rows from before.
  private static let nonces = """
    ALTER TABLE orders ADD COLUMN nonce INTEGER;
    ALTER TABLE transactions ADD COLUMN nonce INTEGER;
    ALTER TABLE inbox ADD COLUMN token_nonce INTEGER;
    """

  /// A payment's CheckoutRequestID may become known after its callback was given up as unmatched.
  private static let unmatchedCheckouts = """
    CREATE INDEX inbox_unmatched_checkout ON inbox(checkout_request_id) WHERE state = 'unmatched';
    """

  /// Pushes whose intent may have been committed, and that were not sent. The transaction need not exist.
  private static let unsentPushes = """
    CREATE TABLE unsent_pushes (transaction_id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL) STRICT;
    """

  /// The inbox has no unique index on a random key: with one, a batch of 64 rows costs three times as much.
  private static let inboxAndLedger = """
    CREATE TABLE inbox (
      id INTEGER PRIMARY KEY,
      received_at INTEGER NOT NULL,
      source TEXT NOT NULL,
      token INTEGER,
      body BLOB NOT NULL,
      state TEXT NOT NULL DEFAULT 'received',
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_at INTEGER,
      checkout_request_id TEXT,
      transaction_id INTEGER,
      note TEXT
    ) STRICT;
    CREATE INDEX inbox_received ON inbox(id) WHERE state = 'received';
    CREATE INDEX inbox_parked ON inbox(next_attempt_at) WHERE state = 'parked';
    CREATE INDEX inbox_parked_checkout ON inbox(checkout_request_id) WHERE state = 'parked';
    CREATE INDEX inbox_unmatched ON inbox(id) WHERE state = 'unmatched';
    CREATE INDEX inbox_quarantined ON inbox(id) WHERE state = 'quarantined';
    CREATE INDEX inbox_transaction ON inbox(transaction_id) WHERE transaction_id IS NOT NULL;

    CREATE TABLE orders (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      amount INTEGER NOT NULL CHECK (amount > 0),
      description TEXT NOT NULL,
      reference TEXT NOT NULL,
      paid_by INTEGER REFERENCES transactions(id),
      created_by TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE transactions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      order_id INTEGER NOT NULL REFERENCES orders(id),
      amount INTEGER NOT NULL CHECK (amount > 0),
      phone TEXT NOT NULL,
      created_by TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      push TEXT NOT NULL,
      checkout_request_id TEXT,
      merchant_request_id TEXT,
      status TEXT NOT NULL,
      reason TEXT,
      flags INTEGER NOT NULL,
      receipt TEXT,
      received_amount INTEGER,
      result_code TEXT,
      result_description TEXT,
      settled_at INTEGER,
      next_query_at INTEGER,
      last_query_at INTEGER,
      queries INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX transactions_checkout ON transactions(checkout_request_id) WHERE checkout_request_id IS NOT NULL;
    CREATE UNIQUE INDEX transactions_receipt ON transactions(receipt) WHERE receipt IS NOT NULL;
    CREATE INDEX transactions_order ON transactions(order_id);
    CREATE INDEX transactions_phone ON transactions(phone, created_at) WHERE status = 'pending';
    CREATE INDEX transactions_due ON transactions(next_query_at) WHERE next_query_at IS NOT NULL;
    CREATE INDEX transactions_pending ON transactions(id) WHERE status = 'pending';
    CREATE INDEX transactions_review ON transactions(id) WHERE status = 'review';
    CREATE INDEX transactions_requested ON transactions(created_at) WHERE push = 'requested';

    CREATE TABLE events (
      id INTEGER PRIMARY KEY,
      transaction_id INTEGER NOT NULL REFERENCES transactions(id),
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      source TEXT NOT NULL,
      delivery_id INTEGER,
      result_code TEXT,
      detail TEXT NOT NULL,
      status TEXT NOT NULL,
      reason TEXT,
      notification TEXT
    ) STRICT;
    CREATE INDEX events_transaction ON events(transaction_id, id);

    CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """
}
