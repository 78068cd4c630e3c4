import Foundation

/// What became of all stories.
struct DemoReport: Sendable {
  /// The daemon's log, in the state directory.
  static let logName = "demo.log"

  var rows: [DemoRow]
  /// What is wrong with the house as a whole.
  var house: [String]
  var pace: DemoPace
  var duration: Duration
  var stateDirectory: String

  /// True when every story ended as it must.
  var passed: Bool { house.isEmpty && rows.allSatisfy(\.passed) }

  /// The rows as JSON.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(rows), as: UTF8.self)
  }

  /// The rows as a table for people.
  func table(_ paint: Paint) -> String {
    var table = TextTable(header: ["", "story", "shopper", "Safaricom said", "ended", "known by", "time"])
    for row in rows {
      table.add([
        row.passed ? "✓" : "✗", row.story, row.shopper, row.safaricom, row.outcome, row.knownBy,
        row.seconds.map(Figures.seconds) ?? "",
      ])
    }
    table.alignRight(column: 6)
    return table.lines.enumerated().map { index, line in
      guard index > 0 else { return paint(.dim, line) }
      return rows[index - 1].passed
        ? line.replacing("✓", with: paint(.green, "✓"), maxReplacements: 1) : paint(.red, line)
    }.joined(separator: "\n")
  }

  /// What is not as it must be, story by story with its timeline; empty when all is well.
  var explanation: String {
    var lines: [String] = []
    for row in rows where !row.passed {
      lines.append("\(row.story) did not end as it must:")
      lines += row.differences.map { "  " + $0 }
      lines += row.timeline.map { "    " + $0 }
    }
    return (lines + house).joined(separator: "\n")
  }

  /// One line to end with.
  func summary(kept: Bool) -> String {
    let passed = rows.count(where: \.passed)
    return "\(passed) of \(rows.count) stories ended as they must, in \(Figures.seconds(duration.inSeconds)) at pace "
      + "\(pace.factor) (\(Figures.minutes(pace.life(duration))) of life). "
      + (kept ? "State is in \(stateDirectory)." : "State was in \(stateDirectory), removed now.")
  }
}
