import Foundation
import Logging

/// The log of a bench run: as many lines as in production, written to a file beside the database.
struct FileLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let file: FileHandle?

  init(path: String, level: Logger.Level) {
    file = FileManager.default.createFile(atPath: path, contents: nil) ? FileHandle(forWritingAtPath: path) : nil
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = LogLine(event, label: "bench", metadata: metadata, at: Date())
    file?.write(Data(line.text(withTime: false, paint: Paint(isOn: false)).utf8))
  }
}
