import Store

/// Which deliveries a list shows, as its address says it.
struct InboxListQuery: Decodable, Hashable, Sendable {
  /// Rows of a page.
  static let pageLength = 50
  /// The lists, in the order of their tabs: first what waits for a person.
  static let states: [DeliveryState] = [.unmatched, .quarantined, .parked, .received]
  /// How the list of all is called.
  static let all = "all"

  /// A state, or `all`; nil for the first list.
  var state: String?
  var after: Int64?

  var path: String {
    "/inbox" + QueryText.text([("state", state), ("after", after.map { String($0) })])
  }

  /// What is listed; nil for all.
  /// - Throws: ``OperationError`` where there is no such list.
  func wanted() throws -> DeliveryState? {
    guard let state else { return Self.states.first }
    if state == Self.all { return nil }
    guard let known = DeliveryState(rawValue: state) else {
      throw OperationError(.invalid, "There is no such list of deliveries.")
    }
    return known
  }
}
