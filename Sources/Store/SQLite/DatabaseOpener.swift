import Foundation

/// Tries to open a database until it can be used, on a thread of its own: the writer serves from the spool meanwhile.
final class DatabaseOpener: @unchecked Sendable {
  /// Seconds before the second attempt, and at most between two.
  static let waits: ClosedRange<Double> = 0.25...3

  private let condition = MonotonicCondition()
  private var stopping = false
  private var isRunning = false

  /// Begins.
  /// - Parameter attempt: tries once; true ends the attempts.
  func start(_ attempt: @escaping @Sendable () -> Bool) {
    isRunning = true
    let thread = Thread { [self] in
      var wait = Self.waits.lowerBound
      while pause(wait), !attempt() { wait = min(wait * 2, Self.waits.upperBound) }
      condition.lock()
      isRunning = false
      condition.broadcast()
      condition.unlock()
    }
    thread.name = "opener"
    thread.start()
  }

  /// Ends the attempts; returns when the one under way is over.
  func stop() {
    condition.lock()
    stopping = true
    condition.broadcast()
    while isRunning { condition.wait() }
    condition.unlock()
  }

  /// - Returns: false when it is to stop.
  private func pause(_ seconds: Double) -> Bool {
    let end = MonotonicCondition.moment(in: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !stopping, condition.wait(until: end) {}
    return !stopping
  }
}
