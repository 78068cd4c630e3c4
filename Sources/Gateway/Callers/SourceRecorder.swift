public import Logging
public import Reconciliation
public import ServiceLifecycle
public import Store

/// Writes down every few seconds, and at the end, who called at the callback addresses.
public struct SourceRecorder: Service {
  /// Between two recordings, in seconds: what a crash loses of the counts, and how old `mpesad sources` may be.
  static let interval = Duration.seconds(5)

  private let counts: SourceCounts
  private let store: any SourceStore
  private let timing: Timing
  private let logger: Logger

  /// - Parameters:
  ///   - counts: what is counted in memory.
  ///   - store: where it lasts.
  public init(counts: SourceCounts, store: any SourceStore, timing: Timing, logger: Logger) {
    self.counts = counts
    self.store = store
    self.timing = timing
    self.logger = logger
  }

  /// Records until graceful shutdown or cancellation, and once more then.
  public func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          try await timing.sleep(Self.interval)
          await record()
        }
      }
    } catch is CancellationError {
      // The end. What was counted since the last time is recorded below.
    }
    // In a task of its own, since this one is cancelled.
    await Task { await record() }.value
  }

  /// Records what is counted. What cannot be recorded now is kept, and recorded with the rest later.
  private func record() async {
    do {
      try await counts.record(in: store)
    } catch {
      logger.warning(
        "Who called cannot be written down now; it is kept and tried again.", metadata: ["error": "\(error)"])
    }
  }
}
