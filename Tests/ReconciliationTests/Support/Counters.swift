import Synchronization

/// True so many times, then false.
final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  func tick() -> Bool {
    left.withLock { left in
      guard left > 0 else { return false }
      left -= 1
      return true
    }
  }
}

/// Set by one side, read by the other.
final class Flag: Sendable {
  private let value = Mutex(false)

  var isSet: Bool { value.withLock { $0 } }

  func set() { value.withLock { $0 = true } }

  func clear() { value.withLock { $0 = false } }
}

/// Collects what several tasks report.
final class Collected<Element: Sendable>: Sendable {
  private let kept = Mutex<[Element]>([])

  var all: [Element] { kept.withLock { $0 } }

  func add(_ element: Element) { kept.withLock { $0.append(element) } }
}
