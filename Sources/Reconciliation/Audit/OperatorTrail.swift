public import Daraja
import Logging
import Payments
public import ServiceLifecycle
public import Store

/// Writes what people do to the store, behind their backs: nobody waits for it, and the journal has it in any case.
public final class OperatorTrail: Service {
  /// How many actions can wait for the store; a person does not do so much while it rests.
  static let capacity = 10_000

  private let store: any ConsoleStore
  private let now: @Sendable () -> Microseconds
  private let logger: Logger
  private let actions: AsyncStream<OperatorAction>
  private let continuation: AsyncStream<OperatorAction>.Continuation

  /// A trail into this store.
  public init(store: any ConsoleStore, now: @escaping @Sendable () -> Microseconds, logger: Logger) {
    self.store = store
    self.now = now
    self.logger = logger
    (actions, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
  }

  /// Adds an action.
  func note(_ actor: String, _ what: String, transaction: TransactionID? = nil, why: String? = nil) {
    continuation.yield(OperatorAction(at: now(), actor: actor, what: what, transaction: transaction, why: why))
  }

  /// Nothing more comes: ``run()`` returns when all is written.
  public func finish() { continuation.finish() }

  /// Writes until it is finished, or its service group shuts down.
  public func run() async {
    await withGracefulShutdownHandler {
      for await action in actions {
        do {
          try await store.record([action])
        } catch {
          logger.audit(
            .trouble, "What \(action.actor) did could not be added to the trail of operators.", [.error: "\(error)"])
        }
      }
    } onGracefulShutdown: {
      self.finish()
    }
  }
}
