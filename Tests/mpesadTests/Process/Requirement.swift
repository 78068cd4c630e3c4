import Foundation
import Testing

/// What some tests need of the machine. On a bare machine they are skipped with the reason; under CI everything is required.
enum Requirement {
  static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
  static let isRoot = getuid() == 0
  static let strace = executable("strace")
  /// The Debian package to look at and to install, as `systemd/debian/build` made it.
  static let package = ProcessInfo.processInfo.environment["MPESAD_DEB"]

  /// True when a test may run; under CI always, so that a missing tool fails instead of hiding.
  static func met(_ condition: Bool) -> Bool { condition || isCI }

  static func executable(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
