import Daraja
import Logging
import Reconciliation
import ServiceLifecycle
import Store

/// What is done once the database can be used: before the daemon is ready at a usual start, later where it started without the database.
struct AfterOpening: Service {
  /// Between attempts while the database cannot be used.
  static let retryInterval = Duration.seconds(5)

  let store: SQLiteStore
  let live: LiveSettings
  let clock: ClockWatch
  let timing: Timing
  let audit: Audit
  let logger: Logger

  /// Does it, where that can be done now.
  /// - Returns: false where it is left for ``run()``.
  func doNow() async -> Bool {
    guard store.writePath.isOpen else { return false }
    do {
      try await carryOut()
      return true
    } catch {
      audit.trouble("What is done at the opening of the database is left for later.", error)
      return false
    }
  }

  /// Waits for the database and does it, again and again until it succeeds.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      guard (try? await store.whenOpen()) != nil else { return }
      while !Task.isCancelled, await !doNow() {
        try? await Task.sleep(for: Self.retryInterval)
      }
    }
    try? await gracefulShutdown()
  }

  private func carryOut() async throws {
    try await clock.begin()
    try await live.takeUpTable()
    let marked = try await markUnansweredPushes(in: store, at: timing.now(), audit: audit)
    if marked > 0 { logger.warning("\(marked) pushes were unanswered when the program ended.") }
  }
}
