import Daraja
import Foundation

/// A point in time as commands show it: ISO 8601 in UTC, to the microsecond in JSON and to the second in tables.
struct Moment: Codable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Since the epoch, UTC.
  let microseconds: Microseconds

  init(_ microseconds: Microseconds) { self.microseconds = microseconds }

  /// Reads a time as people give it to `--since` and `--until`: a date, a date and time, or a span back from `now` such as `90m`, `36h`
  /// or `7d`. Without a zone it is UTC.
  init?(_ text: String, now: Microseconds) {
    if let unit = text.last.flatMap({ Self.units[$0] }), let count = Int64(text.dropLast()), count >= 0,
      count <= Self.longestSpan / unit
    {
      self.init(now - count * unit)
      return
    }
    let styles = [
      Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
      Date.ISO8601FormatStyle(dateTimeSeparator: .space),
    ]
    for candidate in [text, text + "Z", text + ":00Z", text + "T00:00:00Z"] {
      for style in styles {
        if let date = try? style.parse(candidate) {
          self.init(Microseconds((date.timeIntervalSince1970 * 1_000_000).rounded()))
          return
        }
      }
    }
    return nil
  }

  /// A hundred years: more is a slip of the finger.
  private static let longestSpan: Microseconds = 100 * 366 * 86_400_000_000
  private static let units: [Character: Microseconds] = [
    "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000,
  ]

  /// Reads what ``encode(to:)`` wrote.
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let parts = text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, parts[1].count == 7, let fraction = Int64(parts[1].dropLast()),
      let date = try? Date.ISO8601FormatStyle().parse(parts[0] + "Z")
    else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time with microseconds")
    }
    self.init(Microseconds(date.timeIntervalSince1970) * 1_000_000 + fraction)
  }

  /// Writes for example `2026-11-24T09:30:00.000000Z`.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let (second, fraction) = split
    let digits = String(fraction)
    try container.encode(
      Self.text(second).dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z")
  }

  /// For example `2026-11-24T09:30:00Z`.
  var description: String { Self.text(split.second) }

  private var split: (second: Int64, fraction: Int64) {
    let fraction = (microseconds % 1_000_000 + 1_000_000) % 1_000_000
    return ((microseconds - fraction) / 1_000_000, fraction)
  }

  private static func text(_ second: Int64) -> String {
    Date(timeIntervalSince1970: Double(second)).formatted(.iso8601)
  }

  static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }
}
