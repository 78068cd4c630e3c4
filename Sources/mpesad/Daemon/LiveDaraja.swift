import Daraja
import Payments
import Reconciliation
import Store
import Synchronization

/// What sends prompts and asks, with the settings of now: it becomes able when they are complete, and falls back to receiving when they are
/// not, while the service runs.
///
/// A push that is under way finishes with what it was begun with. Budget and breaker outlive every change, and so does the access token as
/// long as the app stays the same.
final class LiveDaraja: Prompting, Asking {
  /// What a prompt is made with besides the settings.
  struct Parts: Sendable {
    var store: any PaymentStore
    var tokens: CallbackTokens
    var transport: any DarajaTransport
    var timing: Timing
    var audit: Audit
  }

  private struct State {
    var app: App?
    var client: DarajaClient?
    var prompter: Prompter?
    var missing: [Setting] = []
  }

  /// What an access token belongs to.
  private struct App: Equatable {
    var baseURL: String
    var key: String
    var secret: String
  }

  let questioner: Questioner
  private let parts: Parts
  private let state = Mutex(State())

  /// Not able to anything before ``adopt(_:)``.
  init(_ settings: Settings, _ parts: Parts) {
    self.parts = parts
    state.withLock { $0.missing = settings.missing }
    questioner = Questioner(
      store: parts.store, daraja: nil, schedule: settings.schedule, budget: settings.budget,
      breaker: CircuitBreaker(firstRest: settings.breakerRest), timing: parts.timing, audit: parts.audit)
  }

  /// Goes on with these settings.
  func adopt(_ settings: Settings) async {
    let client = state.withLock { state in
      let (app, client) = Self.client(for: settings, after: state, parts)
      state.app = app
      state.client = client
      state.missing = settings.missing
      state.prompter = settings.daraja.flatMap { access in client.map { prompter($0, access, settings) } }
      return client
    }
    await questioner.adopt(client, schedule: settings.schedule, budget: settings.budget)
  }

  /// A client for settings that are not in force, which shares the access token if the app is the same; nil while settings are missing.
  func client(for settings: Settings) -> DarajaClient? {
    state.withLock { Self.client(for: settings, after: $0, parts).1 }
  }

  func prompt(order: OrderID, phone: MSISDN, by user: String) async throws -> PromptResult {
    let (prompter, missing) = state.withLock { ($0.prompter, $0.missing) }
    guard let prompter else { return .notConfigured(Self.names(missing)) }
    return try await prompter.prompt(order: order, phone: phone, by: user)
  }

  func askIfDue(_ id: TransactionID, for caller: String) async {
    guard state.withLock({ $0.client != nil }) else { return }
    await questioner.askIfDue(id, for: caller)
  }

  func watch(_ id: TransactionID, for caller: String) async {
    guard state.withLock({ $0.client != nil }) else { return }
    await questioner.watch(id, for: caller)
  }

  func ask(_ id: TransactionID, for caller: String) async -> AskOutcome {
    let (client, missing) = state.withLock { ($0.client, $0.missing) }
    guard client != nil else { return .notConfigured(Self.names(missing)) }
    return await questioner.ask(id, for: caller)
  }

  private func prompter(_ client: DarajaClient, _ access: Settings.DarajaAccess, _ settings: Settings) -> Prompter {
    Prompter(
      store: parts.store, daraja: client, tokens: parts.tokens, callbackBase: access.callbackBase,
      rules: settings.rules, schedule: settings.schedule, timing: parts.timing, audit: parts.audit)
  }

  private static func client(
    for settings: Settings, after state: State, _ parts: Parts
  ) -> (App?, DarajaClient?) {
    guard let access = settings.daraja else { return (nil, nil) }
    let app = App(
      baseURL: settings.darajaBaseURL, key: access.credentials.consumerKey.reveal(),
      secret: access.credentials.consumerSecret.reveal())
    if app == state.app, let client = state.client { return (app, client.with(account: access.account)) }
    return (
      app,
      DarajaClient(
        baseURL: settings.darajaBaseURL, credentials: access.credentials, account: access.account,
        transport: parts.transport, now: parts.timing.now, uptime: parts.timing.uptime)
    )
  }

  private static func names(_ missing: [Setting]) -> String { missing.map(\.rawValue).joined(separator: ", ") }
}
