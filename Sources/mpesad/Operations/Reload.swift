/// Has the running daemon read its settings, certificates and keys again.
struct Reload: Operation {
  static let name = "reload"

  func perform(at desk: OperatorDesk) async throws -> ReloadReport {
    guard let reloading = desk.reloading else {
      throw OperationError(.unavailable, "Only a running daemon can reload.")
    }
    return try await reloading.reload(by: desk.actor).get()
  }
}
