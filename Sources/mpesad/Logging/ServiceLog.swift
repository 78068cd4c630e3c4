import Logging
import Systemd

/// Where a service's log goes: into the journal with its fields where standard error leads there, else line by line to standard error.
enum ServiceLog {
  /// What the program is called in the journal.
  static let identifier = "mpesad"

  /// A logger of the format that the settings ask for, which is for lines only. Its level follows the threshold.
  static func logger(_ settings: Settings, _ threshold: LogThreshold, label: String) -> Logger {
    Logger(label: label) { label in
      let handler: any LogHandler =
        if JournalStream.hasStandardError() {
          JournalLog(label: label, identifier: identifier, logLevel: settings.logLevel)
        } else {
          StandardErrorLog(logLevel: settings.logLevel, format: settings.logFormat, label: label)
        }
      return ThresholdLog(handler, threshold)
    }
  }
}
