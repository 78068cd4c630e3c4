import Logging
import Synchronization

/// Keeps every log line, with its metadata, as text.
final class LogCollector: Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  var logger: Logger {
    var logger = Logger(label: "gateway", factory: { _ in Handler(collector: self) })
    logger.logLevel = .trace
    return logger
  }

  private struct Handler: LogHandler {
    let collector: LogCollector
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = "\(event.level) \(event.message) \(event.metadata ?? [:])"
      collector.kept.withLock { $0.append(line) }
    }
  }
}
