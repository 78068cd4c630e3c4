import ArgumentParser
import Foundation
import Gateway
import Store
import Systemd

/// Exit codes, after sysexits(3): scripts and units can tell causes apart. Stable; README.md has them as a table.
enum ExitStatus {
  /// The command did its work, and the answer is no.
  static let no = ExitCode(1)
  /// What was given cannot be used (EX_USAGE).
  static let usage = ExitCode(64)
  /// The schema is newer than the program (EX_DATAERR).
  static let newerSchema = ExitCode(65)
  /// There is no such thing (EX_NOINPUT).
  static let notFound = ExitCode(66)
  /// Something that is needed does not work (EX_UNAVAILABLE).
  static let unavailable = ExitCode(69)
  /// Something else could not be done (EX_SOFTWARE).
  static let failure = ExitCode(70)
  /// The state directory is in use, the store cannot be opened, or it is not known what the disk has (EX_CANTCREAT).
  static let store = ExitCode(73)
  /// The answer could not be written (EX_IOERR).
  static let output = ExitCode(74)
  /// Not now, but soon (EX_TEMPFAIL).
  static let tryAgain = ExitCode(75)
  /// This user may not do it (EX_NOPERM).
  static let notPermitted = ExitCode(77)
  /// A setting is wrong (EX_CONFIG).
  static let configuration = ExitCode(78)

  /// Says what happened on standard error.
  /// - Returns: the exit code for it.
  static func report(_ error: any Error) -> ExitCode {
    if !(error is ExitCode) { Terminal.tell("mpesad: \(ErrorText.of(error))") }
    return code(of: error)
  }

  /// The exit code for an error.
  static func code(of error: any Error) -> ExitCode {
    switch error {
    case let code as ExitCode: code
    case is SettingsError, is TLSError, is ListeningSocketError, DaemonError.onlyPublicKeys, DaemonError.noStaffClaim:
      configuration
    case GatewayError.weakTokenSecret, GatewayError.tokenKeys: configuration
    case StoreError.newerSchema: newerSchema
    case StoreError.failed: failure
    case is StoreError, is DaemonError: store
    case is Terminal.Unwritable: output
    case let error as OperationError: code(of: error.kind)
    case let error as BackupError: code(of: error.kind)
    default: failure
    }
  }

  /// The exit code of an operation that was not done.
  static func code(of kind: OperationError.Kind) -> ExitCode {
    switch kind {
    case .notFound: notFound
    case .invalid: usage
    case .misconfigured: configuration
    case .refused: no
    case .notPermitted: notPermitted
    case .unavailable: unavailable
    case .tryAgain: tryAgain
    case .failed: failure
    }
  }
}
