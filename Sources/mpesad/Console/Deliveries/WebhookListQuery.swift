import Payments
import Store

/// Which webhooks a list shows, as its address says it. A form sends the fields that were left empty too.
struct WebhookListQuery: Decodable, Hashable, Sendable {
  /// Rows of a page.
  static let pageLength = 50

  var state: String?
  var event: String?
  /// A payment's number.
  var payment: String?
  var order: String?
  /// The first day, in East Africa Time.
  var from: String?
  /// The last day.
  var to: String?
  var after: Int64?

  /// Its address below `/console`.
  var path: String { "/deliveries" + text }
  /// Its file's.
  var filePath: String { "/deliveries.csv" + first.text }

  private var text: String {
    QueryText.text([
      ("state", Self.given(state)), ("event", Self.given(event)), ("payment", Self.given(payment)),
      ("order", Self.given(order)), ("from", Self.given(from)), ("to", Self.given(to)),
      ("after", after.map { String($0) }),
    ])
  }

  /// The same list from its beginning.
  var first: WebhookListQuery {
    var other = self
    other.after = nil
    return other
  }

  /// The same list with another state, from its beginning.
  func with(state: OutboxState?) -> WebhookListQuery {
    var other = first
    other.state = state?.rawValue
    return other
  }

  /// The state that all of the list are in, where nothing else narrows it: then they can be sent again together.
  var wholeState: OutboxState? {
    let others = [event, payment, order, from, to].compactMap(Self.given)
    return others.isEmpty ? Self.given(state).flatMap(OutboxState.init(rawValue:)) : nil
  }

  /// What is asked for.
  /// - Throws: ``OperationError`` where the address says what cannot be.
  func operation(after last: Int64?, limit: Int) throws -> ListWebhooks {
    ListWebhooks(
      state: Self.given(state), event: Self.given(event), transaction: try number(payment), order: try number(order),
      since: try day(from).map { Moment($0.start) }, until: try day(to).map { Moment($0.end) }, after: last,
      limit: limit)
  }

  static func given(_ text: String?) -> String? {
    let text = text?.filter { !$0.isWhitespace }
    return text?.isEmpty == false ? text : nil
  }

  private func number(_ text: String?) throws -> Int64? {
    guard let text = Self.given(text) else { return nil }
    guard let number = Int64(text), number > 0 else {
      throw OperationError(.invalid, "Payments and orders are looked for by their numbers. Go back and type one.")
    }
    return number
  }

  private func day(_ text: String?) throws -> ShownDay? {
    guard let text = Self.given(text) else { return nil }
    return try ShownDay.chosen(text)
  }
}
