import Synchronization

/// A place that one may take at a time.
final class OnePlace: Sendable {
  private let isTaken = Mutex(false)

  /// Whether it was free, and is taken now. Whoever took it leaves it.
  func take() -> Bool {
    isTaken.withLock { taken in
      defer { taken = true }
      return !taken
    }
  }

  func leave() { isTaken.withLock { $0 = false } }
}
