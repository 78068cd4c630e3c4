public import Payments
import Synchronization

/// Wakes those who watch a transaction, or all those of an order, when something was committed about it.
///
/// It carries no news, only that there is some: who is woken reads the ledger, so that a slow watcher misses nothing and costs nothing.
public final class TransactionFeed: Sendable {
  private enum Subject: Hashable {
    case transaction(TransactionID)
    case order(OrderID)
    case everything
  }

  private struct State {
    var watchers: [Subject: [Int: AsyncStream<Void>.Continuation]] = [:]
    var nextWatcher = 0
    var isOver = false
  }

  private let state = Mutex(State())
  private let count = Atomic(0)

  /// A feed that nobody watches yet.
  public init() {}

  /// How many watch.
  public var watchers: Int { count.load(ordering: .relaxed) }

  /// Ticks after each change from now on; ticks that were not taken yet are one. Ends with ``finish()``.
  ///
  /// Read the ledger after this call and again after each tick.
  public func changes(of id: TransactionID) -> AsyncStream<Void> { changes(of: .transaction(id)) }

  /// The same for every transaction of an order, those that are yet to come among them.
  public func changes(ofOrder id: OrderID) -> AsyncStream<Void> { changes(of: .order(id)) }

  /// The same for every transaction there is.
  public func changes() -> AsyncStream<Void> { changes(of: .everything) }

  private func changes(of subject: Subject) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let watcher = state.withLock { state -> Int? in
      guard !state.isOver else { return nil }
      state.nextWatcher += 1
      state.watchers[subject, default: [:]][state.nextWatcher] = continuation
      count.add(1, ordering: .relaxed)
      return state.nextWatcher
    }
    guard let watcher else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in self?.forget(watcher, of: subject) }
    return stream
  }

  /// Something was committed about this transaction.
  /// - Parameter order: the order that it is meant to pay; nil wakes those only who watch the transaction.
  public func changed(_ id: TransactionID, of order: OrderID? = nil) {
    guard count.load(ordering: .relaxed) > 0 else { return }
    let subjects = [Subject.transaction(id), .everything] + (order.map { [.order($0)] } ?? [])
    let watchers = state.withLock { state in subjects.flatMap { state.watchers[$0].map { Array($0.values) } ?? [] } }
    for watcher in watchers { watcher.yield() }
  }

  /// Ends every stream, and those that are asked for later.
  public func finish() {
    let watchers = state.withLock { state in
      state.isOver = true
      return state.watchers.values.flatMap(\.values)
    }
    for watcher in watchers { watcher.finish() }
  }

  private func forget(_ watcher: Int, of subject: Subject) {
    state.withLock { state in
      guard state.watchers[subject]?.removeValue(forKey: watcher) != nil else { return }
      if state.watchers[subject]?.isEmpty == true { state.watchers[subject] = nil }
      count.subtract(1, ordering: .relaxed)
    }
  }
}
