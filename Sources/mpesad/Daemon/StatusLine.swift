import Daraja
import Store

/// How the daemon is, in one line for `systemctl status`: what is wrong first, then what waits, then who was heard last.
struct StatusLine: Hashable, Sendable {
  /// What waits; nil while the database cannot be read.
  var backlog: Backlog?
  /// How the way to the disk is doing.
  var path = WritePathState()
  /// Settings without which no prompt is sent.
  var missing: [Setting] = []
  /// How long the breaker keeps questions back, in microseconds; nil while it does not.
  var rest: Microseconds?
  /// Why the last reload was refused; nil where it was not.
  var refusal: String?
  /// The time of the line.
  var now: Microseconds

  /// The line.
  var text: String {
    (troubles + waiting + [daraja, lastCallback].compactMap { $0 }).joined(separator: "; ")
  }

  private var troubles: [String] {
    var troubles: [String] = []
    if let failure = path.failure {
      troubles.append("the database \(path.isOpen ? "does not commit" : "is not open"): \(failure)")
    }
    if path.spoolBytes > 0 { troubles.append("\(max(path.spoolBytes >> 10, 1)) KiB of callbacks in the spool\(room)") }
    if backlog == nil, path.isOpen { troubles.append("the database cannot be read") }
    if let refusal { troubles.append(refusal) }
    return troubles
  }

  private var room: String {
    path.spoolRoom > 0 ? " (\(100 * path.spoolBytes / path.spoolRoom) % full)" : ""
  }

  private var waiting: [String] {
    guard let backlog else { return [] }
    var parts = [backlog.waiting == 0 ? "nothing waiting" : "\(Self.number(backlog.waiting)) waiting"]
    if let oldest = backlog.oldestWaiting { parts[0] += ", oldest \(age(oldest))" }
    parts.append("\(Self.number(backlog.review)) in review")
    if backlog.unmatched > 0 { parts.append("\(Self.number(backlog.unmatched)) unmatched") }
    if backlog.quarantined > 0 { parts.append("\(Self.number(backlog.quarantined)) quarantined") }
    return parts
  }

  private var daraja: String {
    guard missing.isEmpty else {
      return "receiving only, not set: \(missing.map(\.rawValue).joined(separator: ", "))"
    }
    guard let rest else { return "Daraja open" }
    return "Daraja rests for \(Self.time(rest)) (breaker open)"
  }

  private var lastCallback: String? {
    guard let backlog else { return nil }
    return backlog.lastDelivery.map { "last callback \(age($0)) ago" } ?? "no callback yet"
  }

  private func age(_ moment: Microseconds) -> String { Self.time(now - moment) }

  private static func number(_ count: Int) -> String {
    count < Backlog.countedAtMost ? "\(count)" : "at least \(count)"
  }

  /// A span of time, in the largest unit of which it has two; a negative one counts as none.
  private static func time(_ span: Microseconds) -> String {
    let seconds = max(span, 0) / 1_000_000
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) d"
    }
  }
}
