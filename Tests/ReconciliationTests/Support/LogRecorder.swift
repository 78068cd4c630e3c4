import Logging
import Synchronization

/// Keeps what was logged.
final class LogRecorder: LogHandler {
  private let kept = Mutex<[(Logger.Level, String)]>([])

  var entries: [(level: Logger.Level, message: String)] { kept.withLock { $0 } }

  var metadata: Logger.Metadata {
    get { [:] }
    set { _ = newValue }
  }

  var logLevel: Logger.Level {
    get { .trace }
    set { _ = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set { _ = newValue }
  }

  func log(event: LogEvent) {
    kept.withLock { $0.append((event.level, event.message.description)) }
  }
}
