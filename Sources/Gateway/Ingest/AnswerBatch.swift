import NIOCore
import Store
import Synchronization

/// Brings the store's answers back to one event loop.
///
/// A group commit answers many deliveries in a row on the store's thread. The first wakes the event loop, the others
/// are picked up by the same wake-up: one per commit and loop instead of one per callback.
final class AnswerBatch: Sendable {
  private struct Ready {
    var handler: NIOLoopBound<IngestHandler>
    var result: Result<Acceptance, StoreError>
  }

  private let loop: any EventLoop
  private let ready = Mutex<[Ready]>([])

  init(loop: any EventLoop) { self.loop = loop }

  /// Hands an answer over. From any thread.
  func add(_ result: Result<Acceptance, StoreError>, for handler: NIOLoopBound<IngestHandler>) {
    let isFirst = ready.withLock { ready in
      ready.append(Ready(handler: handler, result: result))
      return ready.count == 1
    }
    if isFirst { loop.execute { self.drain() } }
  }

  private func drain() {
    let batch = ready.withLock { ready in
      defer { ready = [] }
      return ready
    }
    for item in batch { item.handler.value.committed(item.result) }
  }
}

/// One ``AnswerBatch`` for each event loop.
struct AnswerBatches: Sendable {
  private let batches: [ObjectIdentifier: AnswerBatch]

  init(_ group: any EventLoopGroup) {
    var batches: [ObjectIdentifier: AnswerBatch] = [:]
    for loop in group.makeIterator() { batches[ObjectIdentifier(loop)] = AnswerBatch(loop: loop) }
    self.batches = batches
  }

  /// The batch of this loop.
  subscript(loop: any EventLoop) -> AnswerBatch {
    batches[ObjectIdentifier(loop)] ?? AnswerBatch(loop: loop)
  }
}
