import Synchronization

/// Lets the first caller through and nobody after.
final class Once: Sendable {
  private let passed = Atomic(false)

  func first() -> Bool { !passed.exchange(true, ordering: .acquiringAndReleasing) }
}
