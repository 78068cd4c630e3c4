/// Something an operator asks of this installation, by a command or from the console.
///
/// It is performed inside the daemon where one runs, so that there is one writer, one access token and one query budget; else in the
/// command's own process, over the store opened there. Requests and answers travel as JSON.
protocol Operation: Codable, Sendable {
  /// What comes of it.
  associatedtype Answer: Codable & Sendable

  /// How it is called on the admin socket. Stable.
  static var name: String { get }

  /// Whether a state directory is made for it where there is none. Commands that only look must not leave one behind.
  static var makesStateDirectory: Bool { get }

  /// Does it.
  /// - Throws: ``OperationError`` for whatever the operator can do something about.
  func perform(at desk: OperatorDesk) async throws -> Answer
}

extension Operation {
  static var makesStateDirectory: Bool { false }
}
