import Foundation

/// What a bench run measured. The field names are those of `--json`, and stable.
struct BenchReport: Codable, Sendable {
  var connections: Int
  var seconds: Double
  var rate_asked: Double?
  var acknowledged: Int
  var acknowledged_per_second: Double
  var refused: Int
  var latency_p50_ms: Double
  var latency_p95_ms: Double
  var latency_p99_ms: Double
  var latency_max_ms: Double
  var average_batch: Double
  var fdatasync_p50_ms: Double
  var fdatasync_p99_ms: Double
  var settled_seconds_after_last_answer: Double
  var wal_peak_bytes: Int
  var memory_peak_bytes: Int
  var inbox_rows_missing: Int
  var not_settled: Int
  var ran_out: Bool

  /// True when every acknowledged callback is there and settled.
  var passed: Bool { inbox_rows_missing == 0 && not_settled == 0 && acknowledged > 0 }

  /// The report as JSON, one line.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// The report for people.
  var text: String {
    var rows: [(String, String)] = [
      (
        "acknowledged",
        "\(acknowledged) in \(number(seconds)) s = \(Int(acknowledged_per_second)) a second, \(refused) refused"
      ),
      (
        "latency ms",
        "p50 \(number(latency_p50_ms))  p95 \(number(latency_p95_ms))  p99 \(number(latency_p99_ms))  max \(number(latency_max_ms))"
      ),
      ("average batch", "\(number(average_batch)) callbacks a commit"),
      ("disk floor ms", "one fdatasync: p50 \(number(fdatasync_p50_ms))  p99 \(number(fdatasync_p99_ms))"),
      ("settled", "the last one \(number(settled_seconds_after_last_answer)) s after the last answer"),
      ("log (WAL) peak", "\(megabytes(wal_peak_bytes)) MB"),
      ("memory peak", "\(megabytes(memory_peak_bytes)) MB, load generator included"),
      (
        "counted after reopening",
        inbox_rows_missing == 0 && not_settled == 0
          ? "every acknowledged callback is in the inbox and settled"
          : "\(inbox_rows_missing) acknowledged callbacks MISSING, \(not_settled) not settled"
      ),
    ]
    if ran_out { rows.append(("note", "the seeded transactions were used up before the time was; raise --most")) }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
  }

  private func number(_ value: Double) -> String { String(format: "%.2f", value) }
  private func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
}
