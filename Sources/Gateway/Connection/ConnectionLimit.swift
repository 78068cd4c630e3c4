import Synchronization

/// How many connections may be open; can be changed while they are.
final class ConnectionLimit: Sendable {
  private let limit: Atomic<Int>

  init(_ limit: Int) { self.limit = Atomic(limit) }

  var current: Int { limit.load(ordering: .relaxed) }

  /// Another limit from now on. A lower one closes nobody: it counts as connections end.
  func change(to limit: Int) { self.limit.store(limit, ordering: .relaxed) }
}
