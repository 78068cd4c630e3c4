import Gateway
import Hummingbird

/// Lets people into the console: with a one-time link, or with a token of the staff.
struct SignIn: Sendable {
  /// How often one address may try, a minute.
  static let attemptsPerMinute = 10

  let desk: OperatorDesk
  let sessions: ConsoleSessions
  let authenticator: Authenticator
  private let attempts = RateLimiter(rate: Self.attemptsPerMinute)

  init(desk: OperatorDesk, sessions: ConsoleSessions, authenticator: Authenticator) {
    self.desk = desk
    self.sessions = sessions
    self.authenticator = authenticator
  }

  /// Begins a session for whoever brings a proof.
  /// - Returns: the cookie's value.
  /// - Throws: ``OperationError`` for one who brings none.
  func cookie(form: String, from client: ClientAddress) async throws -> String {
    struct Fields: Decodable {
      var link: String?
      var token: String?
    }
    let now = desk.timing.now()
    if let until = attempts.take(client.rateKey, at: now) {
      throw OperationError(
        .tryAgain, "Too many attempts from your address. Try again in \(max(1, (until - now) / 1_000_000)) s.")
    }
    let fields = try? URLEncodedFormDecoder().decode(Fields.self, from: form)
    let person: (user: String, role: ConsoleRole)?
    if let token = fields?.token?.trimmed, !token.isEmpty {
      person = await authenticator.staff(token: token).map { ($0, .operator) }
    } else {
      person = desk.links?.use(fields?.link?.trimmed ?? "", at: now)
    }
    guard let person else {
      desk.audit.loginRefused(nil, from: client.description)
      throw OperationError(
        .notPermitted,
        "That link or token lets nobody in: it was used already, is older than 10 minutes, or is not the staff's. "
          + "Ask for a new one with `mpesad console-link`.")
    }
    let cookie = RandomText.make()
    try await sessions.begin(cookie: cookie, user: person.user, role: person.role, at: now)
    desk.audit.loggedIn(person.user, from: client.description)
    return cookie
  }
}

/// The page before the console.
struct GateView: Sendable {
  /// Why somebody was not let in.
  var problem: String?
  let style = "/console/" + ConsoleTemplates.style.path
  let script = "/console/" + ConsoleTemplates.script.path
  let icon = "/console/" + ConsoleTemplates.icon.path
}

extension String {
  /// Without the white space that copying leaves around it.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
