import Daraja
import Foundation
import Store

extension CheckVerdict {
  /// Before this program was written no clock was right: 2026-01-01, microseconds since the epoch.
  static let oldestTime: Microseconds = 1_767_225_600_000_000
  /// How far the newest delivery may lie ahead of the clock, in microseconds: clocks are corrected.
  static let clockSlack: Microseconds = 60_000_000
  /// The age of the newest backup above which one was missed, in microseconds: two days, where the timer makes one each day.
  static let oldBackup: Microseconds = 2 * 86_400_000_000

  static func settings(_ report: SettingsReport) -> CheckLine {
    let problems = report.settings.compactMap(\.problem)
    guard problems.isEmpty else {
      return .failed(.settings, problems.joined(separator: " "), "`mpesad init-mpesa-settings` lists all of them.")
    }
    guard report.missing.isEmpty else {
      return .warning(
        .settings, "receiving only, missing: \(report.missing.map(\.name).joined(separator: ", "))",
        "`mpesad init-mpesa-settings` says how each is set.")
    }
    return .ok(.settings, "complete and valid")
  }

  /// - Parameters:
  ///   - isKept: whether the kernel says that something keeps the clock right; nil where it does not say.
  ///   - newest: when the newest delivery came.
  static func clock(now: Microseconds, isKept: Bool?, newest: Microseconds?) -> CheckLine {
    guard now >= oldestTime else {
      return .failed(.clock, "it shows \(Moment(now))", "Set it, and have it kept (`timedatectl set-ntp true`).")
    }
    if let newest, newest - now > clockSlack {
      return .failed(
        .clock, "it shows \(Moment(now)), before the newest delivery of \(Moment(newest))",
        "It was set back, or was ahead then. Set it, and have it kept (`timedatectl set-ntp true`).")
    }
    return switch isKept {
    case true: .ok(.clock, "kept right, says the kernel")
    case false:
      .warning(
        .clock, "nothing keeps it right, says the kernel",
        "Have it kept (`timedatectl set-ntp true`): the password of each request to Safaricom holds the time.")
    case nil: .ok(.clock, "plausible; the kernel does not say whether it is kept right")
    }
  }

  static func files(_ files: [StateFile]) -> CheckLine {
    guard !files.isEmpty else { return .skipped(.files, "there are none yet") }
    let problems = files.compactMap(\.problem)
    return problems.isEmpty
      ? .ok(.files, "\(files.map(\.name).joined(separator: ", ")): for the daemon alone")
      : .failed(
        .files, problems.joined(separator: "; "),
        "chmod 600 and chown them to the daemon's user. A key that others could read is no secret any more: make a new one."
      )
  }

  /// - Parameter newest: the time in the name of the newest backup in the directory.
  static func backup(newest: Microseconds?, in directory: String, now: Microseconds) -> CheckLine {
    guard let newest else {
      return .warning(
        .backup, "none in \(directory)",
        "Enable mpesad-backup.timer, or make one elsewhere with `mpesad backup` and name its directory with --backups.")
    }
    let hours = max(now - newest, 0) / 3_600_000_000
    return now - newest > oldBackup
      ? .failed(
        .backup, "the newest in \(directory) is \(hours) h old",
        "See why none was made: `systemctl status mpesad-backup.timer mpesad-backup.service`.")
      : .ok(.backup, "\(hours) h old, in \(directory)")
  }
}
