import Daraja
import Gateway
import Logging
import Payments
import Reconciliation
import Store

/// The desk for one command, where no daemon runs: the store is opened for it, and closed behind it.
enum LocalDesk {
  static func use<Value: Sendable>(
    _ settings: Settings, timing: Timing = .system, logger: Logger,
    _ body: (OperatorDesk) async throws -> Value
  ) async throws -> Value {
    let directory = settings.stateDirectory
    let store = try SQLiteStore(
      directory: directory, options: settings.storeOptions, logger: logger)
    let transport = AsyncHTTPClientTransport()
    let trail = OperatorTrail(store: store, now: timing.now, logger: logger)
    let result: Result<Value, any Error>
    do {
      let audit = Audit(logger: logger, trail: trail)
      let live = try await LiveSettings(
        over: settings, store: store, seal: Result { try SettingsKey.load(settings) }, audit: audit)
      let key = try KeyFile.key(at: directory + "/callback.key")
      let daraja = LiveDaraja(
        settings,
        LiveDaraja.Parts(
          store: store, tokens: CallbackTokens(key: key),
          transport: transport, timing: timing, audit: audit))
      await live.onChange { await daraja.adopt($0) }
      result = .success(
        try await body(
          OperatorDesk(
            store: store, asking: daraja, settings: live, daraja: daraja,
            checkout: CheckoutAddresses(key: key) { live.current.checkoutPages },
            gate: CallbackGate(live.current.callbacks.rules, logger: logger), audit: audit, timing: timing,
            actor: PeerUser.own.name)))
    } catch {
      result = .failure(error)
    }
    trail.finish()
    await trail.run()
    await store.close()
    try await transport.shutdown()
    return try result.get()
  }
}
