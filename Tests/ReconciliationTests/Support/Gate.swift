import Synchronization

/// A door that is shut until somebody opens it, and that tells when somebody stands before it.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var arrivals = 0
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  /// Waits until it is open.
  func pass() async {
    await withCheckedContinuation { continuation in
      let (isOpen, content) = state.withLock { state in
        state.arrivals += 1
        let arrivals = state.arrivals
        let content = state.watchers.filter { $0.count <= arrivals }.map(\.continuation)
        state.watchers.removeAll { $0.count <= arrivals }
        if !state.isOpen { state.waiting.append(continuation) }
        return (state.isOpen, content)
      }
      if isOpen { continuation.resume() }
      for watcher in content { watcher.resume() }
    }
  }

  /// Returns when so many have come to it.
  func arrivals(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let there = state.withLock { state in
        if state.arrivals >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if there { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
