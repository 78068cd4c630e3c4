import Logging
import ServiceLifecycle
import UnixSignals

/// What a running daemon reads again when it gets SIGHUP: each part by itself, so that one that cannot be read keeps nothing else from
/// being renewed, and stays as it was.
struct Reloading: Service {
  /// One thing that can be read again.
  struct Part: Sendable {
    /// What it is, for the log.
    var name: String
    /// Reads it again. If it throws, what was in force stays in force.
    var reload: @Sendable () async throws -> Void
  }

  private(set) var parts: [Part] = []
  let logger: Logger

  init(logger: Logger) { self.logger = logger }

  /// Adds a part; they are read again in the order in which they were added.
  mutating func add(_ name: String, _ reload: @escaping @Sendable () async throws -> Void) {
    parts.append(Part(name: name, reload: reload))
  }

  /// Reads all parts again.
  func reload() async {
    if parts.isEmpty { logger.notice("SIGHUP: nothing is configured that could be read again.") }
    for part in parts {
      do {
        try await part.reload()
        logger.notice("Read again: \(part.name).")
      } catch {
        logger.error(
          "Cannot read again: \(part.name). What was in force stays in force.", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Waits for SIGHUP until graceful shutdown or cancellation.
  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await cancelWhenGracefulShutdown {
      for await _ in signals { await reload() }
    }
  }
}
