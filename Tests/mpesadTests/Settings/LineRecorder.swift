import Foundation
import Logging
import Synchronization

@testable import mpesad

/// Keeps log lines as the terminal would show them.
final class LineRecorder: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var handler: any LogHandler { Handler(recorder: self) }

  private func add(_ line: String) { lines.withLock { $0.append(line) } }

  private struct Handler: LogHandler {
    let recorder: LineRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = LogLine(event, label: "test", metadata: metadata, at: Date(timeIntervalSince1970: 0))
      recorder.add(line.text(withTime: false, paint: Paint(isOn: false)))
    }
  }
}
