/// Something an operator asks of this installation, by a command or from the console.
///
/// It is performed inside the daemon where one runs, so that there is one writer, one access token and one query budget; else in the
/// command's own process, over the store opened there. Requests and answers travel as JSON.
protocol Operation: Codable, Sendable {
  /// What comes of it.
  associatedtype Answer: Codable & Sendable

  /// How it is called on the admin socket. Stable.
  static var name: String { get }

  /// Does it.
  /// - Throws: ``OperationError`` for whatever the operator can do something about.
  func perform(at desk: OperatorDesk) async throws -> Answer
}
