import Foundation
import NIOCore
import Store

/// What is known of a daemon over a state directory.
enum DaemonStanding: Sendable {
  case answers(Standing)
  /// It has the directory, and does not answer.
  case silent(process: Int32, detail: String)
  /// It was not asked, since this user may not.
  case deaf(detail: String)
  /// Nobody has the directory.
  case absent

  /// How long it may take to answer. It answers from memory.
  static let patience = TimeAmount.seconds(5)

  /// Asks the daemon, if one runs.
  ///
  /// Nobody is asked where nobody has the state directory: systemd may hold the admin socket, and would start a daemon that was stopped on
  /// purpose.
  static func ask(_ runner: OperationRunner) async -> DaemonStanding {
    guard let process = StateDirectoryHolder.process(in: runner.settings.stateDirectory) else { return .absent }
    do {
      guard let standing = try await runner.performInDaemon(ShowStanding(), patience: patience) else {
        return .silent(process: process, detail: "nobody listens at its admin socket")
      }
      return .answers(standing)
    } catch let error as OperationError where error.kind == .notPermitted {
      return .deaf(detail: error.description)
    } catch {
      // Whatever the request met: the command and the daemon are of different versions, or time is up.
      return .silent(
        process: process, detail: "asked, it said nothing within \(patience.nanoseconds / 1_000_000_000) s: \(error)")
    }
  }
}
