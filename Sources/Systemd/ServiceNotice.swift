#if canImport(Glibc)
  import Glibc
#endif

/// One thing that a service tells its manager (sd_notify(3)).
public struct ServiceNotice: Sendable, Hashable {
  /// The longest status in bytes. The manager reads 4096 bytes of a message, and a line for people is shorter than that.
  public static let longestStatus = 1_000

  /// Its assignments, one a line, without the last line feed: `READY=1`.
  public let text: String

  /// - Parameters:
  ///   - name: the name of an assignment.
  ///   - value: its value. Line feeds, which would begin another assignment, become spaces.
  init(_ name: String, _ value: String) {
    text = name + "=" + value.replacing("\n", with: " ")
  }

  private init(_ notices: [ServiceNotice]) { text = notices.map(\.text).joined(separator: "\n") }

  /// It has started, or has reloaded.
  public static let ready = ServiceNotice("READY", "1")
  /// It stops.
  public static let stopping = ServiceNotice("STOPPING", "1")
  /// It is alive.
  public static let watchdog = ServiceNotice("WATCHDOG", "1")
  /// It is not, and wants to be ended now.
  public static let watchdogTrigger = ServiceNotice("WATCHDOG", "trigger")

  /// It begins to reload now; ``ready`` says when that is over.
  public static var reloading: ServiceNotice {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return reloading(at: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
  }

  /// It began to reload.
  /// - Parameter moment: when, on the clock CLOCK_MONOTONIC. With `Type=notify-reload` the manager waits for a moment after it sent the
  ///   signal, and without one for ever.
  public static func reloading(at moment: Duration) -> ServiceNotice {
    ServiceNotice([
      ServiceNotice("RELOADING", "1"), ServiceNotice("MONOTONIC_USEC", "\(moment.microseconds)"),
    ])
  }

  /// Starting, reloading or stopping takes longer.
  /// - Parameter duration: how long from now on at least until the next such notice. Never shortens what the unit allows.
  public static func extendTimeout(by duration: Duration) -> ServiceNotice {
    ServiceNotice("EXTEND_TIMEOUT_USEC", "\(duration.microseconds)")
  }

  /// How things stand, for people: one line, shown by `systemctl status`. Cut off at ``longestStatus``.
  public static func status(_ text: String) -> ServiceNotice {
    let isWhole = text.utf8.count <= longestStatus
    return ServiceNotice("STATUS", isWhole ? text : text.beginning(bytes: longestStatus - "…".utf8.count) + "…")
  }

  /// Why it failed.
  /// - Parameter code: as in errno(3).
  public static func errno(_ code: CInt) -> ServiceNotice { ServiceNotice("ERRNO", "\(code)") }
}

extension Duration {
  /// In whole microseconds.
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
