import Daraja
import Store

extension CheckVerdict {
  /// How long after a start by itself it is still told as a failure, in seconds: two rounds of the timer see it, so that one crash alerts and
  /// does not go on alerting.
  static let freshRestart = 600.0
  /// A batch of the writer's that takes longer than this, in seconds, will not end by itself.
  static let longBatch = 30.0

  static func daemon(_ daemon: DaemonStanding, unit: UnitStanding?) -> CheckLine {
    switch daemon {
    case .answers(let standing):
      if let unit, unit.restarts > 0, let uptime = standing.uptimeSeconds, uptime < freshRestart {
        return .failed(
          .daemon,
          "it ended by itself and was started again \(Int(uptime)) s ago (\(unit.restarts) times since it was started by hand)",
          "`journalctl -u mpesad -x` says why.")
      }
      let since = standing.uptimeSeconds.map { ", up for \(duration($0))" } ?? ""
      return .ok(.daemon, "answers: version \(standing.version), process \(standing.process)\(since)")
    case .silent(let process, let detail):
      return .failed(
        .daemon, "process \(process) has the state directory and does not answer: \(detail)",
        "See its log; under systemd the watchdog ends one that hangs.")
    case .deaf(let detail):
      return .warning(.daemon, "it runs and was not asked: \(detail)", "Run the check as root or as the daemon's user.")
    case .absent: return absent(unit)
    }
  }

  /// Nothing runs: whether that is as it should be, only systemd can say.
  private static func absent(_ unit: UnitStanding?) -> CheckLine {
    guard let unit else { return .warning(.daemon, "none runs", "Start it with `mpesad serve`.") }
    switch unit.state {
    case "inactive" where unit.socketListens:
      return .ok(.daemon, "not running; mpesad.socket listens and starts it for the first caller")
    case "inactive":
      return .warning(.daemon, "stopped, and mpesad.socket too: callers are refused", "systemctl start mpesad.socket")
    default:
      return .failed(
        .daemon,
        "does not stay up: systemd says \(unit.state) (\(unit.subState)), started again \(unit.restarts) times",
        "`journalctl -u mpesad -x` says why. Callers wait at the socket until it is mended.")
    }
  }

  static func commits(_ daemon: DaemonStanding) -> CheckLine {
    guard case .answers(let standing) = daemon else { return .skipped(.commits, "no daemon was asked") }
    if let failure = standing.failure {
      return .failed(
        .commits, "the database does not commit: \(failure)", "Free space on the disk, or check it for errors.")
    }
    if let busy = standing.busySeconds, busy > longBatch {
      return .failed(.commits, "one batch has taken \(Int(busy)) s so far", "Check the disk of the state directory.")
    }
    return .ok(
      .commits, standing.waiting == 0 ? "they reach the disk" : "they reach the disk; \(standing.waiting) wait")
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(seconds)) s"
    case ..<7_200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3_600)) h"
    default: "\(Int(seconds / 86_400)) days"
    }
  }
}
