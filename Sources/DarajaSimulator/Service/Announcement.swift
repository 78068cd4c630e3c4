import Synchronization

/// A value that becomes known once, and that any number of tasks can wait for.
final class Announcement<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  /// The first announcement counts; later ones are ignored.
  func announce(_ result: Result<Value, any Error>) {
    let waiting = state.withLock { state in
      guard state.result == nil else { return [CheckedContinuation<Value, any Error>]() }
      state.result = result
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for continuation in waiting { continuation.resume(with: result) }
  }

  /// Waits for the announcement. Throws `CancellationError` when the waiting task is cancelled, else what was
  /// announced.
  var value: Value {
    get async throws {
      let ticket = state.withLock { state in
        state.next += 1
        return state.next
      }
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          let known = state.withLock { state -> Result<Value, any Error>? in
            if let result = state.result { return result }
            // The cancellation handler may have run before there was anything to resume.
            if Task.isCancelled { return .failure(CancellationError()) }
            state.waiting[ticket] = continuation
            return nil
          }
          if let known { continuation.resume(with: known) }
        }
      } onCancel: {
        let continuation = state.withLock { $0.waiting.removeValue(forKey: ticket) }
        continuation?.resume(throwing: CancellationError())
      }
    }
  }
}
