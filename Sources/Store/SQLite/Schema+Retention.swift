extension Schema {
  /// Forgetting goes through the inbox in order of arrival and remembers in `marks` how far it got, so that no index is needed that would
  /// cost each settlement something. What it had to pass over, since it was not settled, it remembers in `retention_passed_over`.
  static let retention = """
    ALTER TABLE inbox ADD COLUMN body_sha256 BLOB;
    ALTER TABLE inbox ADD COLUMN purged_at INTEGER;
    CREATE TABLE retention_passed_over (delivery_id INTEGER PRIMARY KEY REFERENCES inbox(id)) STRICT;
    """
}
