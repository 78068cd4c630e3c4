import AsyncHTTPClient
import Crypto
import Daraja
import Foundation
import Gateway
import Logging
import NIOPosix
import Payments
import Reconciliation
import ServiceLifecycle
import Store
import Systemd
import UnixSignals

/// The service, put together: the only place where store, reconciliation and gateway meet.
struct Daemon: Sendable {
  let store: SQLiteStore
  let tokens: CallbackTokens
  let access: AccessKeys
  let gateway: Gateway
  /// How operators reach it.
  let admin: AdminSocket
  /// Whose callbacks are taken.
  let gate: CallbackGate
  /// The settings in force.
  let live: LiveSettings
  /// What reads them again.
  let reloading: Reloading
  /// The parts that must get on for it to be alive.
  let pulses: [Pulse]
  /// How it is, in one line.
  let status: @Sendable () async -> String
  private let services: [any Service]
  private let logger: Logger

  /// Opens the state directory and puts the parts together. Nothing listens yet.
  /// - Throws: `DaemonError`, `StoreError` or `TLSError`, saying what to do.
  /// - Parameters:
  ///   - sockets: those that are listened on for it already.
  ///   - logger: for the operator.
  ///   - audit: for what happens to payments; the same logger unless another is given.
  ///   - metrics: where everything is counted.
  ///   - rereading: reads the settings again, for a reload; the same ones unless another is given.
  ///   - manager: told of reloads.
  static func open(
    _ settings: Settings, sockets: DaemonSockets = DaemonSockets(), timing: Timing = .system, logger: Logger,
    audit: Logger? = nil, metrics: PrometheusMetrics = PrometheusMetrics(),
    rereading: (@Sendable () async throws -> Settings)? = nil, manager: any ServiceNotifying = .silent
  ) async throws -> Daemon {
    let directory = settings.stateDirectory
    try prepare(directory)
    let tls = try settings.tls.map {
      try TLSIdentity(certificateFile: $0.certificateFile, keyFile: $0.keyFile, logger: logger)
    }
    let keyPath = directory + "/callback.key"
    let addressKey = try KeyFile.existing(at: keyPath) ?? SymmetricKey(size: .bits256)
    // On a thread of its own: a migration may take long, and where there is one processor nothing else could be done meanwhile.
    let store = try await OwnThread.run {
      var options = settings.storeOptions
      options.needsDatabase = false
      // A new key is kept only when there is a database, and before it is used: where the key is, there was a database.
      return try SQLiteStore(
        directory: directory, options: options, beforeUse: { try KeyFile.keep(addressKey, at: keyPath) }
      ) {
        logger.audit($0)
      }
    }
    do {
      let keys = Keys(
        tokens: CallbackTokens(key: addressKey), address: addressKey,
        access: try await AccessKeys(settings), tls: tls)
      if let problem = keys.access.problem { logger.error("\(problem)") }
      let surroundings = Surroundings(
        sockets: sockets, timing: timing, logger: logger,
        audit: Audit(
          logger: audit ?? logger, meters: PaymentMeters(metrics),
          trail: OperatorTrail(store: store, now: timing.now, logger: audit ?? logger)), metrics: metrics,
        rereading: rereading ?? { settings }, manager: manager)
      return try await assemble(settings, store, keys, surroundings)
    } catch {
      await store.close()
      throw error
    }
  }

  private struct Keys {
    var tokens: CallbackTokens
    /// What callback and checkout addresses are made with.
    var address: SymmetricKey
    var access: AccessKeys
    var tls: TLSIdentity?
  }

  private struct Surroundings {
    var sockets: DaemonSockets
    var timing: Timing
    var logger: Logger
    var audit: Audit
    var metrics: PrometheusMetrics
    var rereading: @Sendable () async throws -> Settings
    var manager: any ServiceNotifying
  }

  private static func assemble(
    _ settings: Settings, _ store: SQLiteStore, _ keys: Keys, _ surroundings: Surroundings
  ) async throws -> Daemon {
    let (timing, logger, audit) = (surroundings.timing, surroundings.logger, surroundings.audit)
    let metrics = surroundings.metrics
    // A group stops from its end: first nobody new is let in, then the workers finish their round, then the store closes.
    var services: [any Service] = [StoreClosing(store: store)]
    if let trail = audit.trail { services.append(trail) }
    let live = try await LiveSettings(
      over: settings, store: store, seal: Result { try SettingsKey.load(settings) }, audit: audit)
    let workers = InboxWorkers(
      store: store, workers: settings.workers, since: timing.uptime(), timing: timing, audit: audit)
    let clock = ClockWatch(
      store: store, source: .system { KernelClock.isKept }, audit: audit, wasSet: { workers.look() })
    let opening = AfterOpening(store: store, live: live, clock: clock, timing: timing, audit: audit, logger: logger)
    if await !opening.doNow() { services.append(opening) }
    services.append(clock)
    services.append(StoreEnding(store: store, logger: logger))
    let transport = AsyncHTTPClientTransport()
    let daraja = LiveDaraja(
      settings,
      LiveDaraja.Parts(store: store, tokens: keys.tokens, transport: transport, timing: timing, audit: audit))
    var observation = Observation(feed: audit.feed, metrics: metrics, version: Mpesad.version)
    // While the database cannot be read its numbers are missing, as `mpesad_store_readable` says.
    observation.sources.append {
      (try? await store.outboxCensus()).map { MetricFamily.families(of: $0, now: timing.now()) } ?? []
    }
    observation.sources.append {
      MetricFamily.families(of: await daraja.questioner.standing)
        + MetricFamily.families(ofWaiting: try? await daraja.questioner.waiting())
    }
    await live.onChange { await daraja.adopt($0) }
    let readiness = ReadinessLog(logger: logger)
    await live.onChange { readiness.tell($0) }
    for (setting, problem) in await live.table.problems.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      logger.audit(.settingUnusable, "\(problem)", [.settings: setting.rawValue])
    }
    services.append(TransportClosing(transport: transport))
    let sweeper = StaleSweeper(questioner: daraja.questioner, timing: timing)
    services.append(sweeper)
    let notifier = Notifier(
      store: store, sender: WebhookSender(userAgent: "mpesad/\(Mpesad.version)"), timing: timing,
      audit: audit
    ) { () throws(WebhookTargetError) in
      let settings = live.current
      return try settings.webhook.target(in: settings.environment)
    }
    await live.onChange { _ in notifier.targetChanged() }
    services.append(notifier)
    services.append(
      Retention(store: store, timing: timing, audit: audit) { live.current.retentionDays ?? 0 })
    services.append(UnprovenPurge(store: store, timing: timing, audit: audit))
    observation.sources.append {
      (try? await store.unprovenMessages(days: 0)).map { MetricFamily.families(of: $0) } ?? []
    }
    services.append(workers)
    let gate = CallbackGate(
      settings.callbacks.rules, limiter: RateLimiter(rate: settings.rateLimits.callback ?? 0), logger: logger)
    await live.onChange { settings in
      gate.rules = settings.callbacks.rules
      gate.limitStrangers(to: settings.rateLimits.callback ?? 0)
    }
    services.append(SourceRecorder(counts: gate.counts, store: store, timing: timing, logger: logger))
    let authenticator = Authenticator(keys: keys.access.keys, policy: keys.access.policy, now: timing.now)
    let reloading = Reloading(
      read: surroundings.rereading, live: live,
      parts: [.tls(keys.tls, logger: logger), .tokens(authenticator)], audit: audit, manager: surroundings.manager)
    services.append(KeyExpiry(store: store, timing: timing, audit: audit))
    let limits = settings.rateLimits
    let requestLimits = RequestLimits(user: limits.user, phone: limits.phone, address: limits.address)
    let checkout = CheckoutAddresses(key: keys.address) { live.current.checkoutPages }
    let loops = MultiThreadedEventLoopGroup.singleton
    let room = ConnectionRoom(logger: logger)
    let desk = OperatorDesk(
      store: store, asking: daraja, settings: live, daraja: daraja, checkout: checkout, gate: gate, audit: audit,
      timing: timing,
      reloading: reloading, links: ConsoleLinks(), actor: PeerUser.own.name)
    let console = try Console(
      desk: desk, authenticator: authenticator, hasTLS: keys.tls != nil, isOpen: { live.current.isConsoleOpen })
    let gateway = Gateway(
      configuration: GatewayConfiguration(
        host: settings.listenHost, port: settings.listenPort, listeningDescriptors: surroundings.sockets.http,
        tls: keys.tls,
        trustedProxies: settings.trustedProxies,
        limits: room.limits(for: settings.connectionLimit)),
      store: store, prompting: daraja, asking: daraja, tokens: keys.tokens, gate: gate,
      authenticator: authenticator, idempotency: store,
      requestLimits: requestLimits, checkout: checkout,
      observation: observation, pages: console.endpoints, elsewhere: [console.elsewhere], timing: timing,
      logger: logger, group: loops)
    services.append(gateway)
    await live.onChange { settings in
      let limits = settings.rateLimits
      requestLimits.change(user: limits.user, phone: limits.phone, address: limits.address)
      gateway.trust(settings.trustedProxies)
      gateway.limitConnections(to: room.connections(for: settings.connectionLimit))
    }
    var adminDesk = desk
    adminDesk.listening = {
      guard let port = try? await gateway.port() else { return nil }
      return ConsoleAddress(host: (try? await gateway.address()) ?? nil, port: port)
    }
    let admin = AdminSocket(
      surroundings.sockets.admin.map { .passed($0) } ?? .path(OperationRunner.ownSocket(in: settings.stateDirectory)),
      group: loops, logger: logger
    ) { [adminDesk] in await OperationList.perform($0, at: adminDesk) }
    services.append(admin)
    return Daemon(
      store: store, tokens: keys.tokens, access: keys.access,
      gateway: gateway, admin: admin, gate: gate, live: live, reloading: reloading,
      pulses: Pulses.all(store: store, workers: workers, sweeper: sweeper, loops: loops),
      status: {
        let backlog = try? await store.backlog()
        return StatusLine(
          backlog: backlog, path: store.writePath, missing: live.current.missing,
          rest: await daraja.questioner.standing.rest, refusal: reloading.refusal.current, now: timing.now()
        ).text
      },
      services: services, logger: logger)
  }

  /// Runs until a signal, or until graceful shutdown of the task that calls it.
  /// - Parameters:
  ///   - hangups: what makes it read its settings again besides operators.
  ///   - supervision: who is told how it is from when it is ready; nobody unless given.
  func run(signals: [UnixSignal] = [], hangups: Hangups? = nil, supervision: Supervision? = nil) async throws {
    let stop = StopSignal()
    // The last one is the first to be told to stop.
    let services = services + (hangups.map { [$0.service(reloading)] } ?? []) + [stop]
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { service in
          // Where it is not known what the disk has, what is under way is still answered.
          ServiceGroupConfiguration.ServiceConfiguration(
            service: service,
            failureTerminationBehavior: service is StoreEnding ? .gracefullyShutdownGroup : .cancelGroup)
        },
        gracefulShutdownSignals: signals, logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      if let supervision {
        tasks.addTask { await accompany(supervision, until: stop) }
      }
      try await group.run()
      tasks.cancelAll()
    }
  }

  private func accompany(_ supervision: Supervision, until stop: StopSignal) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        guard (try? await ready()) != nil else { return }
        await supervision.accompany(pulses: pulses, status: status, until: stop)
      }
      group.addTask {
        await stop.wait()
        if stop.isSet { await supervision.stop() }
      }
    }
  }

  /// Waits until callbacks are taken and operators are heard.
  /// - Returns: the TCP port that the gateway listens on.
  func ready() async throws -> Int {
    let port = try await gateway.port()
    try await admin.opened()
    return port
  }

  /// Makes the state directory where there is none.
  static func prepare(_ directory: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      let cause = (error as? CocoaError)?.underlying as? POSIXError
      throw DaemonError.stateDirectory(path: directory, detail: error.localizedDescription, code: cause?.code.rawValue)
    }
  }
}
