import ArgumentParser
import Foundation
import Store

/// Exit codes, after sysexits(3): scripts and units can tell causes apart.
enum ExitStatus {
  /// A setting is wrong (EX_CONFIG).
  static let configuration = ExitCode(78)
  /// The state directory is in use, or the store cannot be opened (EX_CANTCREAT).
  static let store = ExitCode(73)
  /// The schema is newer than the program (EX_DATAERR).
  static let newerSchema = ExitCode(65)
  /// Something else could not be done (EX_SOFTWARE).
  static let failure = ExitCode(70)

  /// Says what happened on standard error.
  /// - Returns: the exit code for it.
  static func report(_ error: any Error) -> ExitCode {
    FileHandle.standardError.write(Data("mpesad: \(error)\n".utf8))
    return switch error {
    case is SettingsError: configuration
    case StoreError.newerSchema: newerSchema
    case is StoreError, is DaemonError: store
    default: failure
    }
  }
}
