extension Schema {
  /// How an order is paid at its own page. Null in all three for orders from before there were such pages. What shoppers tell an operator of
  /// is the reference, so that orders are found by it.
  static let checkout = """
    ALTER TABLE orders ADD COLUMN expires_at INTEGER;
    ALTER TABLE orders ADD COLUMN success_url TEXT;
    ALTER TABLE orders ADD COLUMN cancel_url TEXT;
    CREATE INDEX orders_reference ON orders(reference);
    """
}
