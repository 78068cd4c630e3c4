import Daraja
import Logging
import Reconciliation
import Synchronization

/// Writes at most one audit entry a second of a kind that strangers, or a full disk, can cause thousands of.
final class SparseLog: Sendable {
  /// The least time between two entries.
  static let interval: Microseconds = 1_000_000

  private struct State {
    var lastEntry: Uptime?
    var unwritten = 0
  }

  private let event: AuditEvent
  private let message: Logger.Message
  private let logger: Logger
  private let state = Mutex(State())

  init(_ event: AuditEvent, _ message: Logger.Message, logger: Logger) {
    self.event = event
    self.message = message
    self.logger = logger
  }

  /// Counts one, and writes an entry if the last one is old enough.
  func note(at now: Uptime, _ fields: @autoclosure () -> AuditFields) {
    let unwritten = state.withLock { state -> Int? in
      if let last = state.lastEntry, now - last < Self.interval {
        state.unwritten += 1
        return nil
      }
      defer { state = State(lastEntry: now) }
      return state.unwritten
    }
    guard let unwritten else { return }
    var fields = fields()
    if unwritten > 0 { fields[.count] = "\(unwritten + 1)" }
    logger.audit(event, message, fields)
  }
}
