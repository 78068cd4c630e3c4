import Synchronization

/// Collects outcomes, and prints them as a table: one line for each moment and site.
final class FaultReport: Sendable, CustomStringConvertible {
  private struct Line {
    var scenarios = 0
    var injected = 0
    var acknowledged = 0
    var losses: [String] = []
  }

  private let lines = Mutex<[String: Line]>([:])
  /// Bad scenarios by moment and the weightiest thing that is wrong.
  private let kinds = Mutex<[String: Int]>([:])

  func add(_ scenario: FaultScenario, _ outcome: FaultOutcome) {
    if let loss = outcome.losses.first {
      let words = loss.prefix { $0 != ":" && !$0.isNumber }
      kinds.withLock { $0["\(scenario.moment), \(words)", default: 0] += 1 }
    }
    let site = "\(scenario.moment) \(scenario.plan?.site.description ?? "")"
    lines.withLock { lines in
      lines[site, default: Line()].scenarios += 1
      // A plan may wait for an occurrence that does not come.
      lines[site, default: Line()].injected += outcome.injected > 0 ? 1 : 0
      lines[site, default: Line()].acknowledged += outcome.acknowledged
      if !outcome.losses.isEmpty {
        lines[site, default: Line()].losses.append("    \(scenario): \(outcome)")
      }
    }
  }

  var description: String {
    let lines = lines.withLock { $0 }.sorted { $0.key < $1.key }
    let rows = lines.map { site, line in
      "\(site): \(line.scenarios) scenarios, \(line.injected) with a fault, \(line.acknowledged) answered 200, \(line.losses.count) bad"
        + line.losses.map { "\n" + $0 }.joined()
    }
    let all = lines.map(\.value)
    let kinds = kinds.withLock { $0 }.sorted { $0.key < $1.key }.map { "\n\($0.key): \($0.value)" }.joined()
    return rows.joined(separator: "\n")
      + "\n\(lines.count) sites, \(all.reduce(0) { $0 + $1.scenarios }) scenarios, "
      + "\(all.reduce(0) { $0 + $1.injected }) with a fault, \(all.reduce(0) { $0 + $1.losses.count }) bad" + kinds
  }
}
