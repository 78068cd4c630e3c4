import Daraja
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
  func cookie(form: String, origin: FormOrigin, from client: ClientAddress) async throws -> String {
    let now = desk.timing.uptime()
    do {
      // A page of ours always says that it is one, so that what hides is no page of ours: without a session there is no token to prove it.
      guard origin == .own || origin == .unsaid else { throw SignInRefusal.foreignForm }
      if let wait = attempts.take(client.rateKey, at: now) {
        throw SignInRefusal.tooOften(seconds: max(1, wait / 1_000_000))
      }
      let (user, role) = try await person(form, at: now)
      let cookie = RandomText.make()
      try await sessions.begin(cookie: cookie, user: user, role: role, at: desk.timing.reading())
      desk.audit.loggedIn(user, from: client.description)
      return cookie
    } catch let refusal as SignInRefusal {
      if let (why, user) = refusal.logged { desk.audit.loginRefused(why, of: user, from: client.description) }
      throw refusal.error
    }
  }

  /// Whom a form's proof lets in.
  private func person(_ form: String, at now: Uptime) async throws -> (user: String, role: ConsoleRole) {
    struct Fields: Decodable {
      var link: String?
      var token: String?
    }
    let fields = try? URLEncodedFormDecoder().decode(Fields.self, from: form)
    if let token = fields?.token?.trimmed, !token.isEmpty {
      guard let user = await authenticator.staff(token: token) else { throw SignInRefusal.token }
      return (user, .operator)
    }
    guard let link = fields?.link?.trimmed, !link.isEmpty else { throw SignInRefusal.nothingGiven }
    switch desk.links?.use(link, at: now) ?? .unknown {
    case .letsIn(let user, let role): return (user, role)
    case .usedBefore(let user): throw SignInRefusal.usedLink(of: user)
    case .expired(let user): throw SignInRefusal.expiredLink(of: user)
    case .unknown: throw SignInRefusal.unknownLink
    }
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
