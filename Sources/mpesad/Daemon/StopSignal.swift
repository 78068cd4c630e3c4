import ServiceLifecycle
import Synchronization

/// Tells that the daemon begins to stop. It stands last in the group of services, and so hears of it first.
final class StopSignal: Service {
  private let flag = Atomic(false)
  private let (stream, continuation) = AsyncStream<Never>.makeStream()

  /// Whether it has begun.
  var isSet: Bool { flag.load(ordering: .acquiring) }

  func run() async throws {
    try? await gracefulShutdown()
    flag.store(true, ordering: .releasing)
    continuation.finish()
  }

  /// Waits until it begins, or the task is cancelled. For one listener.
  func wait() async {
    for await _ in stream {}
  }
}
