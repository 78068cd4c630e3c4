/// Does one thing after the other, in the order in which they are asked for.
actor Turns {
  /// What is done last of all that was asked for.
  private var last: Task<Void, Never>?

  /// Does this when everything is done that was asked for before. It is done to its end, also when whoever asks is cancelled.
  func take<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await begin(work).value
  }

  /// The same for somebody who does not wait: when it returns, whatever is asked for from then on comes after it.
  func begin<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) -> Task<Value, any Error> {
    let before = last
    let task = Task {
      await before?.value
      return try await work()
    }
    last = Task { _ = await task.result }
    return task
  }
}
