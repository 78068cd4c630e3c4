import Foundation
import Gateway
import Logging
import NIOCore
import Reconciliation
import Store

/// Performs operations for commands: in the daemon where one runs over this state directory, else here.
struct OperationRunner {
  /// How long a daemon that has the state directory and is not heard may go on starting or stopping.
  static let patience = Duration.seconds(5)
  static let retryInterval = Duration.milliseconds(100)
  /// Where the units that come with mpesad put the admin socket of the daemon over the usual state directory.
  static let unitSocket = (state: Settings.standardStateDirectory, path: "/run/mpesad/admin.sock")

  let settings: Settings
  let logger: Logger

  /// Logs of the work that is done here go to standard error.
  init(settings: Settings) {
    self.settings = settings
    logger = Logger(label: "mpesad") { StandardErrorLog(logLevel: settings.logLevel, label: $0) }
  }

  /// Performs an operation.
  /// - Throws: ``OperationError``, `StoreError` or `DaemonError`, saying what to do.
  func perform<Wanted: Operation>(_ operation: Wanted) async throws -> Wanted.Answer {
    let end = ContinuousClock.now + Self.patience
    while true {
      if let answer = try await performInDaemon(operation) { return answer }
      do {
        return try await performHere(operation)
      } catch StoreError.locked(_, let holder) {
        guard ContinuousClock.now < end else {
          throw OperationError(
            .unavailable,
            "\(settings.stateDirectory) is in use by \(holder), and nobody answers at \(sockets.joined(separator: " or ")). "
              + "If that is the daemon, its log says why it has no admin socket; if it starts or stops, try again.")
        }
        try await Task.sleep(for: Self.retryInterval)
      }
    }
  }

  /// Has the daemon perform an operation that only a daemon can.
  /// - Parameter patience: how long it may take.
  /// - Returns: nil where none runs, or none that is heard.
  func performInDaemon<Wanted: Operation>(
    _ operation: Wanted, patience: TimeAmount = AdminClient.deadline
  ) async throws -> Wanted.Answer? {
    for path in sockets {
      if let answer = try await AdminClient(path: path, patience: patience).perform(operation) { return answer }
    }
    return nil
  }

  /// The admin socket that a daemon makes in its state directory where none was passed to it.
  static func ownSocket(in directory: String) -> String { directory + "/admin.sock" }

  private var sockets: [String] {
    let directory = settings.stateDirectory
    return (directory == Self.unitSocket.state ? [Self.unitSocket.path] : []) + [Self.ownSocket(in: directory)]
  }

  private func performHere<Wanted: Operation>(_ operation: Wanted) async throws -> Wanted.Answer {
    let directory = settings.stateDirectory
    if Wanted.makesStateDirectory {
      try Daemon.prepare(directory)
    } else if !FileManager.default.fileExists(atPath: directory + "/mpesad.db") {
      throw OperationError(
        .notFound,
        "There is no database in \(directory). Name the state directory with --state, or make one with `mpesad migrate`."
      )
    }
    return try await LocalDesk.use(settings, logger: logger) { try await operation.perform(at: $0) }
  }
}
