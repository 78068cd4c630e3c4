import Daraja
import Store

/// What the page of today shows.
struct TodayView: Sendable {
  /// A number that leads to a list.
  struct Card: Sendable {
    var number: String
    var label: String
    /// The age of the oldest; nil where there is none.
    var oldest: String?
    var href: String
    var needsAttention: Bool
  }

  /// A line of facts about the house.
  struct Fact: Sendable {
    var name: String
    var value: String
    /// What to do about it; nil where nothing is to be done.
    var advice: String?
  }

  var chart: MoneyChart
  var cards: [Card]
  var facts: [Fact]
  /// Why the silence is unusual; nil while it is not.
  var alarm: String?
  /// The moment that it is true for.
  var at: ShownTime
}

extension TodayView {
  /// A duration as people say it, such as `3 min` or `2 h`.
  static func span(_ microseconds: Microseconds) -> String {
    let seconds = max(microseconds, 0) / 1_000_000
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }

  /// The cards over what waits.
  static func cards(_ backlog: Backlog, now: Microseconds) -> [Card] {
    func card(
      _ count: Int, _ label: String, since oldest: Microseconds? = nil, at list: String, isTrouble: Bool = true
    ) -> Card {
      Card(
        number: count >= Backlog.countedAtMost ? "\(count)+" : "\(count)", label: label,
        oldest: oldest.map { "the oldest for \(span(now - $0))" }, href: "/console" + list,
        needsAttention: isTrouble && count > 0)
    }
    return [
      card(
        backlog.pending, "wait for the customer", since: backlog.oldestPending, at: "/transactions?status=pending",
        isTrouble: false),
      card(backlog.review, "in review", since: backlog.oldestReview, at: "/transactions?status=review"),
      card(backlog.unmatched, "unmatched callbacks", at: "/inbox?state=unmatched"),
      card(backlog.quarantined, "quarantined", at: "/inbox?state=quarantined"),
    ]
  }
}
