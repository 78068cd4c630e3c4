public import Store
public import Testing

/// One thing that every engine must do. An engine's tests hand over an empty store each time.
public struct ConformanceCheck: Sendable, CustomTestStringConvertible {
  /// What must be true, as a sentence.
  public let name: String
  private let body: @Sendable (StoreUnderTest) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (StoreUnderTest) async throws -> Void) {
    self.name = name
    self.body = body
  }

  /// The sentence, for the list of tests.
  public var testDescription: String { name }

  /// Runs the check.
  /// - Parameter open: opens a store over the same place each time it is called, an empty one the first time. It is called again only
  ///   after the store before was closed.
  public func run(_ open: @escaping @Sendable () async throws -> any PaymentStore) async throws {
    try await body(StoreUnderTest(open: open))
  }
}

/// The suite that every engine passes, by topic. An engine's test file has one parameterised test a topic, so that a check added here
/// reaches all of them.
public enum StoreConformance {}

/// Where a check gets its store.
struct StoreUnderTest: Sendable {
  var open: @Sendable () async throws -> any PaymentStore

  /// Opens it, and closes it however the body ends.
  func use<Value>(_ body: (any PaymentStore) async throws -> Value) async throws -> Value {
    let store = try await open()
    do {
      let value = try await body(store)
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }
}
