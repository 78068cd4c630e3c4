import Synchronization
import Systemd

/// A service manager that keeps what it is told.
final class RecordedNotices: ServiceNotifying {
  private let recorded = Mutex<[String]>([])

  /// Each message, its assignments one a line.
  var messages: [String] { recorded.withLock { $0 } }

  func notify(_ notices: [ServiceNotice]) {
    recorded.withLock { $0.append(notices.map(\.text).joined(separator: "\n")) }
  }
}
