public import Daraja
import Logging
import Payments
public import ServiceLifecycle
public import Store
import Synchronization

/// Writes what people do to the store. Whoever acts notes it and goes on; whoever answers for it waits until it is on the disk.
///
/// What the store does not take stays here and is tried again with the next action, and at the end; the journal has it in any case.
public final class OperatorTrail: Service {
  /// Why an action is not in the trail, though it may have been done.
  public struct Unwritten: Error, Hashable, CustomStringConvertible {
    public var description: String
  }

  /// How many actions can wait for the store. People do not do so much while it rests, and what is beyond is in the journal.
  static let capacity = 10_000

  private struct Waiter {
    var upTo: Int
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    /// Actions so far, and how many of them are written or given up.
    var noted = 0
    var written = 0
    var pending: [OperatorAction] = []
    var waiters: [Waiter] = []
    var hasEnded = false
  }

  private let store: any ConsoleStore
  private let now: @Sendable () -> Microseconds
  private let logger: Logger
  private let state = Mutex(State())
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// A trail into this store.
  public init(store: any ConsoleStore, now: @escaping @Sendable () -> Microseconds, logger: Logger) {
    self.store = store
    self.now = now
    self.logger = logger
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// How many actions were noted so far.
  var noted: Int { state.withLock { $0.noted } }

  /// Adds an action.
  func note(_ actor: String, _ what: String, transaction: TransactionID? = nil, why: String? = nil) {
    let action = OperatorAction(at: now(), actor: actor, what: what, transaction: transaction, why: why)
    state.withLock { state in
      state.noted += 1
      guard state.pending.count < Self.capacity else { return }
      state.pending.append(action)
    }
    wake.yield()
  }

  /// Returns when all actions are written that were noted by now, or at once where none was noted since.
  /// - Parameter mark: what ``noted`` was before.
  func written(since mark: Int) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      let answer = state.withLock { state -> Result<Void, any Error>? in
        if state.noted == mark || state.written >= state.noted { return .success(()) }
        if state.hasEnded { return .failure(Unwritten(description: "the daemon is stopping")) }
        state.waiters.append(Waiter(upTo: state.noted, continuation: continuation))
        return nil
      }
      if let answer { continuation.resume(with: answer) } else { wake.yield() }
    }
  }

  /// Nothing more comes: ``run()`` returns when all is written.
  public func finish() { wake.finish() }

  /// Writes until it is finished, or its service group shuts down.
  public func run() async {
    await withGracefulShutdownHandler {
      for await _ in wakes { await write() }
      await write()
      let waiters = state.withLock { state in
        state.hasEnded = true
        defer { state.waiters = [] }
        return state.waiters
      }
      for waiter in waiters {
        waiter.continuation.resume(throwing: Unwritten(description: "the daemon is stopping"))
      }
    } onGracefulShutdown: {
      self.finish()
    }
  }

  /// Tries once to write what is there.
  private func write() async {
    let (batch, upTo) = state.withLock { state in
      defer { state.pending = [] }
      return (state.pending, state.noted)
    }
    var failure: (any Error)?
    if !batch.isEmpty {
      do {
        try await store.record(batch)
      } catch {
        failure = error
        logger.audit(
          .trouble, "\(batch.count) actions of operators could not be added to their trail; it is tried again.",
          [.error: "\(error)"])
      }
    }
    let waiters = state.withLock { state in
      if failure == nil { state.written = upTo } else { state.pending.insert(contentsOf: batch, at: 0) }
      let due = state.waiters.filter { $0.upTo <= upTo }
      state.waiters.removeAll { $0.upTo <= upTo }
      return due
    }
    for waiter in waiters {
      if let failure {
        waiter.continuation.resume(throwing: Unwritten(description: "\(failure)"))
      } else {
        waiter.continuation.resume()
      }
    }
  }
}
