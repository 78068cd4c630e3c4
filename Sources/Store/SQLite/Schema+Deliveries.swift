extension Schema {
  /// For lists of webhooks by event and by state. In it the rows of one event and one state are in the order of their numbers.
  static let deliveries = "CREATE INDEX outbox_listed ON outbox(notification, state);"
}
