extension Schema {
  /// Young payments are found by their age, without passing over all older ones whose questions are due. Only what is still to be asked about
  /// stands in the index.
  static let questions = """
    ALTER TABLE transactions ADD COLUMN useless_answer_at INTEGER;
    CREATE INDEX transactions_young ON transactions(created_at, next_query_at) WHERE next_query_at IS NOT NULL;
    """
}
