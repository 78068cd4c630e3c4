public import ServiceLifecycle
public import Store

/// Closes the store when everything that uses it has stopped: it stands first in the group, and groups stop from the end.
public struct StoreClosing: Service {
  private let store: any PaymentStore

  /// Closes this store.
  public init(store: any PaymentStore) { self.store = store }

  /// Waits for graceful shutdown, then closes the store.
  public func run() async throws {
    try? await gracefulShutdown()
    await store.close()
  }
}
