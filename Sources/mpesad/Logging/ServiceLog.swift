import ArgumentParser
import Logging
import Store
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

  /// Says why the service ends: to the service manager, and as an entry of the journal or on standard error.
  /// - Returns: the exit code for it.
  static func report(_ error: any Error) -> ExitCode {
    let journal = Logger(label: identifier) { JournalLog(label: $0, identifier: identifier, logLevel: .critical) }
    Supervision(logger: journal).failed(error)
    guard JournalStream.hasStandardError() else { return ExitStatus.report(error) }
    journal.critical("\(ErrorText.of(error))")
    return ExitStatus.code(of: error)
  }
}
