import Synchronization

/// How many connections may be open; can be changed while they are.
final class ConnectionLimit: Sendable {
  private let limit: Atomic<Int>

  private let listeners: Int

  /// - Parameter listeners: how many accept connections and count their own. Each has its share, so that together they stay within it.
  init(_ limit: Int, listeners: Int = 1) {
    self.limit = Atomic(limit)
    self.listeners = max(listeners, 1)
  }

  /// How many connections one listener may have open.
  var current: Int { max(limit.load(ordering: .relaxed) / listeners, 1) }

  /// Another limit from now on. A lower one closes nobody: it counts as connections end.
  func change(to limit: Int) { self.limit.store(limit, ordering: .relaxed) }
}
