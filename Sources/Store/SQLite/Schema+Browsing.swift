extension Schema {
  /// Indexes for lists, newest first, by each thing that people look for. Each ends in the time of creation, so that a page is read in order
  /// and a span of time narrows it. They also serve what three partial indexes served before.
  ///
  /// The inbox gets none that costs an arriving delivery anything: all of its rows begin as `received`.
  static let browsing = """
    DROP INDEX transactions_phone;
    DROP INDEX transactions_pending;
    DROP INDEX transactions_review;
    CREATE INDEX transactions_created ON transactions(created_at);
    CREATE INDEX transactions_by_status ON transactions(status, created_at);
    CREATE INDEX transactions_by_phone ON transactions(phone, created_at);
    CREATE INDEX transactions_by_user ON transactions(created_by, created_at);
    CREATE INDEX transactions_by_user_and_status ON transactions(created_by, status, created_at);

    CREATE INDEX inbox_parked_id ON inbox(id) WHERE state = 'parked';
    CREATE INDEX inbox_unsettled_token ON inbox(token) WHERE state IN ('parked', 'unmatched', 'quarantined');
    """
}
