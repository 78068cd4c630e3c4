import Daraja
import Logging
import Synchronization

/// Writes at most one line a second of a kind that strangers, or a full disk, can cause thousands of.
final class SparseLog: Sendable {
  /// The least time between two lines.
  static let interval: Microseconds = 1_000_000

  private struct State {
    var lastLine: Microseconds?
    var unwritten = 0
  }

  private let level: Logger.Level
  private let message: Logger.Message
  private let logger: Logger
  private let state = Mutex(State())

  init(_ level: Logger.Level, _ message: Logger.Message, logger: Logger) {
    self.level = level
    self.message = message
    self.logger = logger
  }

  /// Counts one, and writes a line if the last one is old enough.
  func note(at now: Microseconds, _ metadata: @autoclosure () -> Logger.Metadata) {
    let unwritten = state.withLock { state -> Int? in
      if let last = state.lastLine, now >= last, now - last < Self.interval {
        state.unwritten += 1
        return nil
      }
      defer { state = State(lastLine: now) }
      return state.unwritten
    }
    guard let unwritten else { return }
    var metadata = metadata()
    if unwritten > 0 { metadata["more_since_last_line"] = "\(unwritten)" }
    logger.log(level: level, message, metadata: metadata)
  }
}
