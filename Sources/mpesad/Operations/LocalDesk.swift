import Daraja
import Gateway
import Logging
import Reconciliation
import Store

/// The desk for one command, where no daemon runs: the store is opened for it, and closed behind it.
enum LocalDesk {
  static func use<Value: Sendable>(
    _ settings: Settings, timing: Timing = .system, logger: Logger,
    _ body: (OperatorDesk) async throws -> Value
  ) async throws -> Value {
    let store = try SQLiteStore(
      directory: settings.stateDirectory, options: SQLiteOptions(spoolBytes: settings.spoolBytes), logger: logger)
    let transport = AsyncHTTPClientTransport()
    let audit = Audit(logger: logger)
    let asking: any Asking
    if let access = settings.daraja {
      let client = DarajaClient(
        baseURL: settings.darajaBaseURL, credentials: access.credentials, account: access.account,
        transport: transport, now: timing.now)
      asking = Questioner(
        store: store, daraja: client, schedule: settings.schedule, budget: settings.budget,
        breaker: CircuitBreaker(firstRest: settings.breakerRest), timing: timing, audit: audit)
    } else {
      asking = ReceiveOnly(missing: settings.missing)
    }
    let result: Result<Value, any Error>
    do {
      result = .success(
        try await body(
          OperatorDesk(
            store: store, asking: asking, gate: CallbackGate(settings.callbacks.rules, logger: logger), audit: audit,
            timing: timing, actor: PeerUser.own.name)))
    } catch {
      result = .failure(error)
    }
    await store.close()
    try await transport.shutdown()
    return try result.get()
  }
}
