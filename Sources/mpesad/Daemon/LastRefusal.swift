import Synchronization

/// Why the last reload was refused, for the status line: what lies on the disk cannot be used, and the next start would fail on it.
final class LastRefusal: Sendable {
  private let reason = Mutex<String?>(nil)

  /// Nil where the last reload came into force, and before the first.
  var current: String? { reason.withLock { $0 } }

  func replace(with reason: String?) { self.reason.withLock { $0 = reason } }
}
