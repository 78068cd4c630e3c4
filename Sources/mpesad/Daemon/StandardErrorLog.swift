import Foundation
import Logging

/// Log lines for a terminal or a container: one line each on standard error, fields in a fixed order. The time stands in front unless the
/// lines go to the journal, which has its own.
struct StandardErrorLog: LogHandler {
  private static let toJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil

  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let label: String

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = Self.toJournal ? "" : Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) + " "
    FileHandle.standardError.write(Data((time + Self.line(event, metadata: metadata)).utf8))
  }

  /// One event as one line, with its line feed.
  static func line(_ event: LogEvent, metadata: Logger.Metadata) -> String {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
      .map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
    return "\(event.level.rawValue): \(event.message)\(fields)\n"
  }

  /// Values with white space or control characters are quoted, so that nobody can forge a line.
  private static func quoted(_ value: String) -> String {
    let plain = value.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "\"" && $0 != "=" }
    return plain && !value.isEmpty ? value : value.debugDescription
  }
}
