import Foundation
import Logging

/// Log lines for a terminal, a container or a collector: one a line on standard error.
struct StandardErrorLog: LogHandler {
  private static let environment = ProcessInfo.processInfo.environment
  private static let toJournal = environment["JOURNAL_STREAM"] != nil
  private static let paint = Paint(for: 2, environment: environment)

  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let format: LogFormat
  let label: String

  init(logLevel: Logger.Level, format: LogFormat = .text, label: String) {
    self.logLevel = logLevel
    self.format = format
    self.label = label
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = LogLine(event, label: label, metadata: metadata, at: Date())
    let text =
      switch format {
      // The journal has a time of its own.
      case .text: line.text(withTime: !Self.toJournal, paint: Self.paint)
      case .json: line.json
      }
    FileHandle.standardError.write(Data(text.utf8))
  }
}
