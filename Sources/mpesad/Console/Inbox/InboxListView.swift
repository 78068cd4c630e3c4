import Store

/// What the page with a list of deliveries shows.
struct InboxListView: Sendable {
  /// How much of a body a row shows, in characters.
  static let beginningLength = 96

  struct Row: Sendable {
    var href: String
    var number: String
    var at: ShownTime
    var source: String
    var state: String
    var note: String
    var beginning: String
    var length: String
    /// Whether it can be put back to work.
    var isReplayable: Bool
  }

  var tabs: [ShownTab]
  /// Which list it is, as its address calls it.
  var list: String
  var rows: [Row]
  var isEmpty: Bool
  /// What would be here, in a sentence.
  var empty: String
  /// Whether some of the rows can be put back to work.
  var hasReplayable: Bool
  /// The state that can be replayed as a whole; nil where there is nothing to replay.
  var replayable: String?
  var firstHref: String?
  var nextHref: String?

  init(_ answer: ListInbox.Answer, _ query: InboxListQuery, _ state: DeliveryState?, census: Census) {
    tabs = InboxListQuery.states.map { other in
      ShownTab(
        title: other.rawValue.prefix(1).uppercased() + other.rawValue.dropFirst(),
        href: "/console" + InboxListQuery(state: other.rawValue).path, isCurrent: other == state,
        count: census.deliveries[other])
    }
    let all = InboxListQuery(state: InboxListQuery.all)
    tabs.append(ShownTab(title: "All", href: "/console" + all.path, isCurrent: state == nil))
    list = state?.rawValue ?? InboxListQuery.all
    rows = answer.deliveries.map { Row($0) }
    isEmpty = rows.isEmpty && answer.next == nil
    empty = Self.empty(state)
    hasReplayable = rows.contains(where: \.isReplayable)
    replayable = hasReplayable ? state?.rawValue : nil
    firstHref = query.after == nil ? nil : "/console" + InboxListQuery(state: query.state).path
    nextHref = answer.next.map { "/console" + InboxListQuery(state: query.state, after: $0).path }
  }

  private static func empty(_ state: DeliveryState?) -> String {
    switch state {
    case .unmatched:
      "Nothing is unmatched. A callback for which no payment turned up within ten minutes would be here."
    case .quarantined: "Nothing is quarantined. Bytes that are no callback would be kept here, with the reason."
    case .parked: "Nothing is parked. A callback that came before the answer to its push would wait here for minutes."
    case .received: "Nothing waits. Callbacks that no worker has looked at yet would be here for a moment."
    case .discarded: "Nothing was discarded. What a person removes from the inbox would be here, with the reason."
    case .settled, nil: "Nothing has come to the callback addresses yet."
    }
  }
}

extension InboxListView.Row {
  init(_ record: DeliveryRecord) {
    let beginning = record.body.prefix(InboxListView.beginningLength)
    self.init(
      href: "/console/inbox/\(record.deliveryID)", number: "\(record.deliveryID)", at: ShownTime(record.receivedAt),
      source: record.source, state: record.state.rawValue, note: record.note.map { PlainText.line($0) } ?? "",
      beginning: beginning.count < record.body.count ? beginning + "…" : String(beginning),
      length: "\(record.length)", isReplayable: record.state == .unmatched || record.state == .quarantined)
  }
}
