import Daraja

/// A moment as pages show it: to people in East Africa Time, which has no daylight saving time, to programs in ISO 8601.
struct ShownTime: Hashable, Sendable {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// For the attribute `datetime`.
  let iso: String
  /// For example `26 Nov 2026, 09:30:12`.
  let text: String

  init(_ microseconds: Microseconds) {
    iso = Moment(microseconds).description
    let digits = DarajaTimestamp.format(microsecondsSinceEpoch: microseconds)
    func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
    let month = Self.months[(Int(part(4, 2)) ?? 1) - 1]
    let day = Int(part(6, 2)) ?? 1
    text = "\(day) \(month) \(part(0, 4)), \(part(8, 2)):\(part(10, 2)):\(part(12, 2))"
  }

  init(_ moment: Moment) { self.init(moment.microseconds) }

  /// A sentence of an operation's, whose times are for terminals, with its times as pages show them.
  static func sentence(_ text: String) -> String {
    text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) { match in
      Moment(String(match.output), now: 0).map { ShownTime($0).text } ?? String(match.output)
    }
  }
}

/// A day as people choose it, in East Africa Time.
struct ShownDay: Hashable, Sendable {
  static let length: Microseconds = 86_400_000_000
  /// When it begins.
  let start: Microseconds
  /// When the next one begins.
  var end: Microseconds { start + Self.length }

  /// Reads `2026-11-26`, as browsers send it.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.map(\.utf8.count) == [4, 2, 2],
      text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]), year > 0,
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let days = DarajaTimestamp.daysSinceEpoch(year: year, month: month, day: day)
    start = days * Self.length - DarajaTimestamp.offsetSeconds * 1_000_000
  }

  /// A day that stands in an address.
  /// - Throws: ``OperationError`` where it is none.
  static func chosen(_ text: String) throws -> ShownDay {
    guard let day = ShownDay(text) else {
      throw OperationError(.invalid, "A day is written as 2026-11-26. Go back and choose one.")
    }
    return day
  }
}
