import Logging
import Reconciliation
import Synchronization

/// Says in the log when prompts can be sent and when not, once for each change.
final class ReadinessLog: Sendable {
  private let logger: Logger
  private let last = Mutex<String?>(nil)

  init(logger: Logger) { self.logger = logger }

  func tell(_ settings: Settings) {
    let needs = Self.needs(settings)
    let before = last.withLock { last in
      defer { last = needs }
      return last
    }
    guard before != needs else { return }
    if !needs.isEmpty {
      logger.audit(
        .receiveOnly, "Receiving callbacks only: no pushes are sent until \(needs).",
        [.settings: settings.missing.map(\.rawValue).joined(separator: " ")])
    } else if before != nil {
      logger.audit(.settingsComplete, "All M-Pesa settings are there: pushes are sent from now on.")
    }
  }

  /// What has to be done before pushes are sent; empty for nothing.
  static func needs(_ settings: Settings) -> String {
    let wrong = settings.missing.filter { settings.source.faults[$0] != nil }
    let unset = settings.missing.filter { settings.source.faults[$0] == nil }
    var needs: [String] = []
    if !unset.isEmpty { needs.append("these are set (`mpesad set-mpesa-credentials` sets them): \(names(unset))") }
    if !wrong.isEmpty {
      needs.append("these are mended where they are set, and `mpesad reload` has taken them up: \(names(wrong))")
    }
    return needs.joined(separator: "; and until ")
  }

  private static func names(_ settings: [Setting]) -> String { settings.map(\.rawValue).joined(separator: ", ") }
}
