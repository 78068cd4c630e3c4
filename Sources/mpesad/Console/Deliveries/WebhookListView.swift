import Payments
import Store

/// What the page with a list of webhooks shows.
struct WebhookListView: Sendable {
  struct Row: Sendable {
    var href: String
    var number: String
    var event: String
    var payment: String
    var paymentHref: String
    var state: String
    /// What the state looks like.
    var mood: String
    var attempts: String
    var answer: String?
    var next: ShownTime?
    var at: ShownTime
    /// Whether it can be sent again.
    var isWhole: Bool
  }

  /// One thing to choose in the form.
  struct Choice: Sendable {
    var value: String
    var title: String
    var isChosen: Bool
  }

  var tabs: [ShownTab]
  var state: String
  var events: [Choice]
  var payment: String
  var order: String
  var from: String
  var to: String
  var rows: [Row]
  var isEmpty: Bool
  /// What would be here, in a sentence.
  var empty: String
  /// Why nobody is told anything; nil where an address is set.
  var unset: String?
  /// Whether some of the rows can be sent again.
  var hasWhole: Bool
  /// The state that can be sent again as a whole; nil where there is nothing to send.
  var together: String?
  var firstHref: String?
  var nextHref: String?
  var fileHref: String

  /// - Parameter records: one more than a page has, where there is a next one.
  init(_ records: [WebhookRecord], _ query: WebhookListQuery, census: OutboxCensus, hasAddress: Bool) {
    let chosen = WebhookListQuery.given(query.state)
    tabs =
      [ShownTab(title: "All", href: "/console" + query.with(state: nil).path, isCurrent: chosen == nil)]
      + OutboxState.allCases.map { state in
        ShownTab(
          title: state.rawValue.prefix(1).uppercased() + state.rawValue.dropFirst(),
          href: "/console" + query.with(state: state).path, isCurrent: chosen == state.rawValue,
          count: census.count(of: state))
      }
    state = chosen ?? ""
    events = Notification.allCases.map {
      Choice(
        value: $0.rawValue, title: $0.shown, isChosen: $0.rawValue == WebhookListQuery.given(query.event))
    }
    payment = query.payment ?? ""
    order = query.order ?? ""
    from = query.from ?? ""
    to = query.to ?? ""
    let shown = records.prefix(WebhookListQuery.pageLength)
    rows = shown.map { Row($0) }
    isEmpty = rows.isEmpty
    empty = Self.empty(chosen.flatMap(OutboxState.init(rawValue:)))
    unset = hasAddress ? nil : "No address is set, so nobody is told: set mpesa_webhook_url and mpesa_webhook_secret."
    hasWhole = rows.contains(where: \.isWhole)
    let whole = query.wholeState
    together = hasWhole && (whole == .parked || whole == .unaddressed) ? whole?.rawValue : nil
    firstHref = query.after == nil ? nil : "/console" + query.first.path
    var next = query
    next.after = shown.last?.id
    nextHref = records.count > shown.count ? "/console" + next.path : nil
    fileHref = "/console" + query.filePath
  }

  private static func empty(_ state: OutboxState?) -> String {
    switch state {
    case .waiting: "Nothing waits. What your system is to be told, now or later, would be here."
    case .delivered: "Nothing was delivered. What your system took would be here."
    case .parked: "Nothing is parked. What your system did not take for the whole schedule would wait here for you."
    case .unaddressed:
      "Nothing is unaddressed. What had nobody to be told, since no address was set within three days, would be here."
    case nil: "No webhook fits. Each settlement that your system is told of would be a line here, newest first."
    }
  }
}

extension WebhookListView.Row {
  init(_ record: WebhookRecord) {
    self.init(
      href: "/console/deliveries/\(record.id)", number: "\(record.id)", event: record.type,
      payment: "\(record.transactionID)", paymentHref: "/console/transactions/\(record.transactionID)",
      state: record.state, mood: OutboxState(rawValue: record.state)?.mood ?? "", attempts: "\(record.attempts)",
      answer: record.lastAttempt.map { PlainText.line($0.short) },
      next: record.nextAttemptAt.map { ShownTime($0) }, at: ShownTime(record.createdAt),
      isWhole: record.purgedAt == nil)
  }
}

extension OutboxState {
  /// What it looks like: parked webhooks are given up, while parked callbacks only wait.
  var mood: String {
    switch self {
    case .parked: "given-up"
    case .unaddressed: "warning"
    case .waiting, .delivered: rawValue
    }
  }
}

extension OutboxCensus {
  /// How many there are of what is worth counting.
  fileprivate func count(of state: OutboxState) -> Int? {
    switch state {
    case .waiting: waiting == 0 ? nil : waiting
    case .parked: parked == 0 ? nil : parked
    case .delivered, .unaddressed: nil
    }
  }
}

extension Notification {
  /// As people read it.
  var shown: String {
    switch self {
    case .completed: "Paid"
    case .failed: "Failed"
    case .review: "In review"
    case .amended: "Amended"
    }
  }
}
