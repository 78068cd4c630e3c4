import Synchronization

/// Set once, when a service is to finish what it has in hand and stop.
final class Stopping: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }

  func set() { flag.store(true, ordering: .releasing) }
}
