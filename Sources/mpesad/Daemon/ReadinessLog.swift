import Logging
import Reconciliation
import Synchronization

/// Says in the log when prompts can be sent and when not, once for each change.
final class ReadinessLog: Sendable {
  private let logger: Logger
  private let last = Mutex<[Setting]?>(nil)

  init(logger: Logger) { self.logger = logger }

  func tell(missing: [Setting]) {
    let before = last.withLock { last in
      defer { last = missing }
      return last
    }
    guard before != missing else { return }
    if !missing.isEmpty {
      let names = missing.map(\.rawValue).joined(separator: ", ")
      logger.audit(
        .receiveOnly,
        "Receiving callbacks only: no pushes are sent until these are set: \(names). `mpesad set-mpesa-credentials` sets them.",
        [.settings: missing.map(\.rawValue).joined(separator: " ")])
    } else if before != nil {
      logger.audit(.settingsComplete, "All M-Pesa settings are there: pushes are sent from now on.")
    }
  }
}
