/// One thing that a service tells its manager, as one line of a notification (sd_notify(3)).
public struct ServiceNotice: Sendable, Hashable {
  /// The line, without its line feed: `READY=1`.
  public let line: String

  /// - Parameters:
  ///   - name: the name of an assignment.
  ///   - value: its value. Line feeds, which would begin another assignment, become spaces.
  init(_ name: String, _ value: String) {
    line = name + "=" + value.replacing("\n", with: " ")
  }

  /// It has started, or has reloaded.
  public static let ready = ServiceNotice("READY", "1")
  /// It stops.
  public static let stopping = ServiceNotice("STOPPING", "1")
  /// It is alive.
  public static let watchdog = ServiceNotice("WATCHDOG", "1")
  /// It is not, and wants to be ended now.
  public static let watchdogTrigger = ServiceNotice("WATCHDOG", "trigger")

  /// How things stand, for people: one line, shown by `systemctl status`.
  public static func status(_ text: String) -> ServiceNotice { ServiceNotice("STATUS", text) }

  /// Why it failed.
  /// - Parameter code: as in errno(3).
  public static func errno(_ code: CInt) -> ServiceNotice { ServiceNotice("ERRNO", "\(code)") }
}
