import CSystemd

/// How often the service manager wants to hear that the service is alive (`WatchdogSec=`, sd_watchdog_enabled(3)).
public enum WatchdogInterval {
  /// The longest silence before the manager ends the service; nil where it does not watch this process.
  public static var ofThisProcess: Duration? {
    var microseconds: UInt64 = 0
    guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
    return .microseconds(Int64(clamping: microseconds))
  }
}
