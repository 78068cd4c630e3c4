import Daraja
import Store

/// What the page of today shows.
struct TodayView: Sendable {
  /// A number that leads to a list.
  struct Card: Sendable {
    var number: String
    var label: String
    var href: String
    var needsAttention: Bool
  }

  var chart: MoneyChart
  var cards: [Card]
  var facts: [ShownFactLine]
  /// Why the silence is unusual; nil while it is not.
  var alarm: String?
  /// The moment that it is true for.
  var at: ShownTime
}

/// A line of facts about the house.
struct ShownFactLine: Sendable {
  var name: String
  var value: String
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

  /// Bytes as people say them.
  static func size(_ bytes: Int) -> String {
    bytes < 1 << 30 ? "\(bytes >> 20) MiB" : "\(bytes >> 30) GiB"
  }
}
