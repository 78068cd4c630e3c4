import Foundation
import Logging
import ServiceLifecycle
import Store

/// Ends the daemon when it is not known what the disk has: what is under way is answered out of the spool, nobody new is let in, and the
/// next process finds out. systemd starts it at once.
struct StoreEnding: Service {
  /// How long the orderly end may take before the process is ended as it is: nothing that is acknowledged depends on it.
  static let patience = Duration.seconds(10)

  let store: SQLiteStore
  let logger: Logger

  func run() async throws {
    let error = await cancelWhenGracefulShutdown { await store.ending() }
    guard let error else { return }
    let code = ExitStatus.code(of: error)
    Task.detached { [logger] in
      try? await Task.sleep(for: Self.patience)
      logger.critical("The orderly end takes too long; mpesad ends at once.")
      _exit(code.rawValue)
    }
    throw error
  }
}
