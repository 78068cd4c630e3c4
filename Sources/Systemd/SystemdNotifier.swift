import CSystemd
public import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Tells the service manager that started this process, through the socket that `$NOTIFY_SOCKET` names (sd_notify(3)). Where that is not
/// set nobody is told.
public final class SystemdNotifier: ServiceNotifying {
  private let logger: Logger
  private let isFailing = Mutex(false)

  /// - Parameter logger: told when the manager cannot be reached, once for each time of trouble.
  public init(logger: Logger) { self.logger = logger }

  /// Whether there is somebody to tell.
  public static var hasListener: Bool { getenv("NOTIFY_SOCKET") != nil }

  public func notify(_ notices: [ServiceNotice]) {
    let result = sd_notify(0, notices.map(\.text).joined(separator: "\n"))
    let isNews = isFailing.withLock { isFailing in
      defer { isFailing = result < 0 }
      return result < 0 && !isFailing
    }
    guard isNews else { return }
    logger.warning(
      "The service manager cannot be told how the service is; it may restart it.",
      metadata: ["error": "\(String(cString: strerror(-result)))"])
  }
}
