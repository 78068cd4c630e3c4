import Logging
import Systemd

/// Where a service's log goes: into the journal with its fields where standard error leads there, else line by line to standard error.
enum ServiceLog {
  /// What the program is called in the journal.
  static let identifier = "mpesad"

  /// A logger of the level and format that the settings ask for. The format is for lines only.
  static func logger(_ settings: Settings, label: String) -> Logger {
    Logger(label: label) { label in
      if JournalStream.hasStandardError() {
        JournalLog(label: label, identifier: identifier, logLevel: settings.logLevel)
      } else {
        StandardErrorLog(logLevel: settings.logLevel, format: settings.logFormat, label: label)
      }
    }
  }
}
