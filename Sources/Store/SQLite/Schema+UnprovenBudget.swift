extension Schema {
  /// The budget of messages that prove nothing, see ``UnprovenLedger``.
  ///
  /// `inbox.purge_rule` is null for nearly all rows; `kept` marks one that the budget never touches and does not count, `excess` one that was
  /// settled beyond what its transaction may get. The partial indexes hold nothing that is proven, so that a callback with a token never
  /// pays for them. Two more are for retention: which payments a person has ruled on, and which deliveries a person's word is about. All
  /// others in a timeline are settled with the payment of that timeline, in the same commit.
  static let unprovenBudget = """
    ALTER TABLE inbox ADD COLUMN purge_rule TEXT;
    CREATE INDEX inbox_unproven ON inbox(purged_at, id)
      WHERE token IS NULL AND state IN ('unmatched', 'quarantined') AND purge_rule IS NULL;
    CREATE INDEX inbox_excess ON inbox(id) WHERE purge_rule = 'excess';
    CREATE INDEX inbox_discarded ON inbox(id) WHERE state = 'discarded';
    CREATE INDEX events_matches ON events(delivery_id) WHERE source = 'operator' AND delivery_id IS NOT NULL;
    CREATE INDEX events_rulings ON events(transaction_id, at) WHERE source = 'operator';

    CREATE TABLE unproven_counts (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      rows INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      without_event INTEGER NOT NULL,
      removed_rows INTEGER NOT NULL,
      removed_bodies INTEGER NOT NULL,
      removed_bytes INTEGER NOT NULL
    ) STRICT;
    INSERT INTO unproven_counts
      SELECT 1, count(*), ifnull(sum(length(body)), 0), 0, 0, 0, 0 FROM inbox INDEXED BY inbox_unproven
      WHERE token IS NULL AND state IN ('unmatched', 'quarantined') AND purge_rule IS NULL;
    CREATE TABLE unproven_removed (
      day INTEGER PRIMARY KEY,
      rows INTEGER NOT NULL,
      bodies INTEGER NOT NULL,
      bytes INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE unproven_events (
      transaction_id INTEGER PRIMARY KEY REFERENCES transactions(id),
      with_event INTEGER NOT NULL,
      without_event INTEGER NOT NULL
    ) STRICT;
    """
}
