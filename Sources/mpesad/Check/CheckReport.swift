import Foundation

/// All that was looked at.
struct CheckReport: Codable, Hashable, Sendable {
  /// `ok`, `warning` or `failed`: the worst of all.
  var outcome: CheckLine.Outcome
  var checks: [CheckLine]

  init(_ checks: [CheckLine]) {
    self.checks = checks
    let outcomes = Set(checks.map(\.outcome))
    outcome = outcomes.contains(.failed) ? .failed : outcomes.contains(.warning) ? .warning : .ok
  }

  var table: TextTable {
    var table = TextTable(header: ["check", "outcome", "found", "advice"])
    for line in checks { table.add([line.check.rawValue, line.outcome.rawValue, line.found, line.advice ?? ""]) }
    return table
  }

  /// For people: a line for each check, and what to do about it below.
  func page(_ paint: Paint) -> String {
    checks.map { line in
      let mark =
        switch line.outcome {
        case .ok: paint(.green, "✓")
        case .warning: paint(.yellow, "!")
        case .failed: paint(.red, "✗")
        case .skipped: paint(.dim, "-")
        }
      let name = line.check.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
      let advice = line.advice.map { "\n            \(PlainText.line($0))" } ?? ""
      return "\(mark) \(name) \(PlainText.line(line.found))\(advice)"
    }.joined(separator: "\n")
  }
}
