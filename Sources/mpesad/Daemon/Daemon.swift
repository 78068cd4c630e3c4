import AsyncHTTPClient
import Daraja
import Foundation
import Gateway
import JWTKit
import Logging
import Payments
import Reconciliation
import ServiceLifecycle
import Store

/// The service, put together: the only place where store, reconciliation and gateway meet.
struct Daemon: Sendable {
  let store: SQLiteStore
  let tokens: CallbackTokens
  let issuer: TokenIssuer
  let gateway: Gateway
  private let services: [any Service]
  private let logger: Logger

  /// Opens the state directory and puts the parts together. Nothing listens yet.
  /// - Throws: `DaemonError` or `StoreError`, saying what to do.
  init(_ settings: Settings, timing: Timing = .system, logger: Logger) async throws {
    let directory = settings.stateDirectory
    try Self.prepare(directory)
    let store = try SQLiteStore(
      directory: directory, options: SQLiteOptions(spoolBytes: settings.spoolBytes), logger: logger)
    do {
      let tokens = CallbackTokens(key: try KeyFile.key(at: directory + "/callback.key"))
      let secret = try Self.jwtSecret(settings)
      let audit = Audit(logger: logger)
      let started = timing.now()
      let marked = try await markUnansweredPushes(in: store, before: started, audit: audit)
      if marked > 0 { logger.warning("\(marked) pushes were unanswered when the program ended.") }

      let daraja = Self.daraja(settings, timing: timing)
      let questioner = daraja.map { access in
        Questioner(
          store: store, daraja: access.client, schedule: settings.schedule, budget: settings.budget,
          breaker: CircuitBreaker(firstRest: settings.breakerRest), timing: timing, audit: audit)
      }
      let prompting: any Prompting =
        daraja.map { access in
          Prompter(
            store: store, daraja: access.client, tokens: tokens, callbackBase: access.callbackBase,
            rules: settings.rules, schedule: settings.schedule, timing: timing, audit: audit)
        } ?? ReceiveOnly(missing: settings.missing)
      gateway = Gateway(
        configuration: GatewayConfiguration(
          host: settings.listenHost, port: settings.listenPort,
          limits: GatewayLimits(connections: settings.connectionLimit)),
        store: store, prompting: prompting, asking: questioner ?? ReceiveOnly(missing: settings.missing),
        tokens: tokens, authenticator: try await Authenticator(secret: secret, now: timing.now), now: timing.now,
        logger: logger)
      issuer = try await TokenIssuer(secret: secret, now: timing.now)
      // A group stops from its end: first nobody new is let in, then the workers finish their round, then the store closes.
      var services: [any Service] = [StoreClosing(store: store)]
      if let daraja { services.append(TransportClosing(transport: daraja.transport)) }
      if let questioner {
        services.append(StaleSweeper(store: store, questioner: questioner, timing: timing, audit: audit))
      }
      services.append(
        InboxWorkers(store: store, workers: settings.workers, since: started, timing: timing, audit: audit))
      services.append(gateway)
      self.services = services
    } catch {
      await store.close()
      throw error
    }
    self.store = store
    self.tokens = CallbackTokens(key: try KeyFile.key(at: directory + "/callback.key"))
    self.logger = logger
    if !settings.missing.isEmpty {
      let names = settings.missing.map(\.rawValue).joined(separator: ", ")
      logger.warning("Receiving callbacks only: no pushes are sent until these are set: \(names).")
    }
  }

  /// Runs until a signal, or until graceful shutdown of the task that calls it.
  func run(signals: [UnixSignal] = []) async throws {
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
        gracefulShutdownSignals: signals, logger: logger))
    try await group.run()
  }

  private static func prepare(_ directory: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw DaemonError.stateDirectory(path: directory, detail: error.localizedDescription)
    }
  }

  /// The key of access tokens: the setting, or one kept in the state directory.
  static func jwtSecret(_ settings: Settings) throws -> [UInt8] {
    if let secret = settings.jwtSecret { return Array(secret.reveal().utf8) }
    return try KeyFile.key(at: settings.stateDirectory + "/jwt.key").withUnsafeBytes { Array($0) }
  }

  private static func daraja(
    _ settings: Settings, timing: Timing
  ) -> (client: DarajaClient, transport: AsyncHTTPClientTransport, callbackBase: String)? {
    guard let access = settings.daraja else { return nil }
    let transport = AsyncHTTPClientTransport()
    let client = DarajaClient(
      baseURL: settings.darajaBaseURL, credentials: access.credentials, account: access.account, transport: transport,
      now: timing.now)
    return (client, transport, access.callbackBase)
  }
}
