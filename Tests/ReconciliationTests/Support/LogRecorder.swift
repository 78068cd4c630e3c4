import Logging
import Synchronization

/// Keeps what was logged.
final class LogRecorder: LogHandler {
  private let kept = Mutex<[(level: Logger.Level, message: String, fields: [String: String])]>([])

  var entries: [(level: Logger.Level, message: String)] { kept.withLock { $0.map { ($0.level, $0.message) } } }

  /// The fields of each entry, as text.
  var fields: [[String: String]] { kept.withLock { $0.map(\.fields) } }

  /// Everything that was written, as a reader of the log could find it.
  var text: String { kept.withLock { $0.map { "\($0.message) \($0.fields)" }.joined(separator: "\n") } }

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
    let fields = (event.metadata ?? [:]).mapValues { "\($0)" }
    kept.withLock { $0.append((event.level, event.message.description, fields)) }
  }
}
