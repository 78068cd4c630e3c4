import HTTPTypes

/// One address of the console, and what it does.
struct ConsolePage: Sendable {
  /// What answers.
  typealias Action = @Sendable (ConsoleRequest) async throws -> ConsoleAnswer

  let method: HTTPRequest.Method
  /// Below `/console`; a segment that begins with a colon stands for any.
  let path: String
  /// Who may.
  let role: ConsoleRole
  let action: Action

  /// Whether it is what a form is sent to at this address, which begins with `/console`.
  func isForm(at address: String) -> Bool {
    let (given, wanted) = (address.split(separator: "/").dropFirst(), path.split(separator: "/"))
    return method == .post && given.count == wanted.count
      && zip(given, wanted).allSatisfy { $1.hasPrefix(":") || $0 == $1 }
  }

  /// A page that shows something. Whoever is signed in may look.
  static func get(_ path: String, _ action: @escaping Action) -> ConsolePage {
    ConsolePage(method: .get, path: path, role: .readOnly, action: action)
  }

  /// A form that changes something, or shows what is hidden otherwise. For operators; its CSRF token is checked before the action.
  static func post(_ path: String, _ action: @escaping Action) -> ConsolePage {
    ConsolePage(method: .post, path: path, role: .operator, action: action)
  }
}

/// What somebody who is signed in may do. Raw values are stable: they stand in the database and on the command line.
enum ConsoleRole: String, Codable, Sendable, CaseIterable {
  /// Looks at everything but full phone numbers and raw bytes.
  case readOnly = "read-only"
  /// May also rule, ask, replay, resend and change settings.
  case `operator`
}
