import NIOCore
import Store
import Synchronization

/// Brings the store's answers back to one event loop.
///
/// A group commit answers many deliveries in a row on the store's thread. They are gathered, and the event loop is woken once for all of
/// them when the store says that the row is complete; with a store that does not say so, by the first one.
final class AnswerBatch: Sendable {
  private struct Ready {
    var handler: NIOLoopBound<IngestHandler>
    var result: Result<Acceptance, StoreError>
  }

  private struct State {
    var ready: [Ready] = []
    var waitsForRows = false
  }

  private let loop: any EventLoop
  private let state = Mutex(State())

  init(loop: any EventLoop) { self.loop = loop }

  /// From now on ``wake()`` is called after each row of answers.
  func waitForRows() {
    state.withLock { $0.waitsForRows = true }
  }

  /// Hands an answer over. From any thread.
  func add(_ result: Result<Acceptance, StoreError>, for handler: NIOLoopBound<IngestHandler>) {
    let (isFirst, waits) = state.withLock { state in
      state.ready.append(Ready(handler: handler, result: result))
      return (state.ready.count == 1, state.waitsForRows)
    }
    // What is refused at once comes on the event loop itself, and belongs to no row.
    if (isFirst && !waits) || loop.inEventLoop { wake() }
  }

  /// The row is complete: the event loop takes it over.
  func wake() {
    guard state.withLock({ !$0.ready.isEmpty }) else { return }
    loop.execute { self.drain() }
  }

  private func drain() {
    let batch = state.withLock { state in
      defer { state.ready = [] }
      return state.ready
    }
    for item in batch { item.handler.value.committed(item.result) }
  }
}

/// One ``AnswerBatch`` for each event loop.
struct AnswerBatches: Sendable {
  private let batches: [ObjectIdentifier: AnswerBatch]

  /// Batches for the answers of this store on these event loops.
  init(_ group: any EventLoopGroup, answersOf store: any PaymentStore) {
    var batches: [ObjectIdentifier: AnswerBatch] = [:]
    for loop in group.makeIterator() { batches[ObjectIdentifier(loop)] = AnswerBatch(loop: loop) }
    self.batches = batches
    let all = Array(batches.values)
    if store.notifyAfterAnswers({ for batch in all { batch.wake() } }) {
      for batch in all { batch.waitForRows() }
    }
  }

  /// The batch of this loop.
  subscript(loop: any EventLoop) -> AnswerBatch {
    batches[ObjectIdentifier(loop)] ?? AnswerBatch(loop: loop)
  }
}
