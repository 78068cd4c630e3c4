import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle

/// Safaricom's Daraja API on your own machine, with customers who do as they are told.
///
/// It speaks OAuth, STK push and STK query over HTTP in the shapes of real traffic, and posts callbacks to the
/// CallBackURL of each push. What the customer does is a ``Story``: programmed per phone number, or chosen by using the
/// number of ``Story/phone``. It shares no code with any client, so it cannot share a client's mistakes.
///
/// In a test of a shop:
///
/// ```swift
/// var configuration = SimulatorConfiguration()
/// configuration.pace = 0.01                                  // a minute's wait takes 0.6 s
/// let simulator = try DarajaSimulator(configuration)
/// try await simulator.whileRunning { url in
///   try await simulator.program(phone: "254712345678", story: .cancels)
///   let sandbox = simulator.configuration
///   let shop = Shop(daraja: url, consumerKey: sandbox.consumerKey, consumerSecret: sandbox.consumerSecret)
///   let order = try await shop.pay(amount: 1_500, phone: "254712345678")
///   _ = try await simulator.event { $0.kind == .callbackDelivered && $0.resultCode == "1032" }
///   #expect(try await shop.status(of: order) == .cancelled)
/// }
/// ```
///
/// The host of a CallBackURL may be 127.0.0.1, but not the name `localhost`: the real API refuses that name, so this
/// one does too. A callback is posted once and never repeated, whatever the answer. Nothing is kept on disk.
public struct DarajaSimulator: Service {
  /// The settings it runs with.
  public let configuration: SimulatorConfiguration
  /// Seed of this run; give it to ``SimulatorConfiguration/seed`` to have the same receipts and variations again.
  public let seed: UInt64

  private let logger: Logger
  private let clock: SimulatorClock
  private let sandbox: Sandbox
  private let stage: Stage
  private let listening = Announcement<Int>()
  private let started = Once()

  /// Makes a simulator; nothing listens before ``run()``.
  ///
  /// - Throws: ``SimulatorError/invalidConfiguration(setting:reason:)``.
  public init(
    _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
    logger: Logger = Logger(label: "daraja-simulator")
  ) throws(SimulatorError) {
    try self.init(configuration, logger: logger, clock: .system())
  }

  init(_ configuration: SimulatorConfiguration, logger: Logger, clock: SimulatorClock) throws(SimulatorError) {
    try configuration.validate()
    self.configuration = configuration
    self.logger = logger
    self.clock = clock
    seed = configuration.seed ?? UInt64.random(in: .min ... .max)
    sandbox = Sandbox(configuration: configuration, seed: seed, clock: clock)
    stage = Stage(sandbox: sandbox, clock: clock, configuration: configuration)
  }

  // MARK: Programming and watching

  /// Lets `phone` (12 digits, 2547… or 2541…) play `story` from its next prompt on.
  ///
  /// - Throws: ``SimulatorError/invalidPhone``, ``SimulatorError/tooManyCustomers``.
  public func program(phone: String, story: Story) async throws(SimulatorError) {
    try await sandbox.program(phone, story)
  }

  /// Takes back what was programmed for `phone`; it then plays what the fixed table of ``Story/phone`` says.
  ///
  /// - Throws: ``SimulatorError/invalidPhone``.
  public func forget(phone: String) async throws(SimulatorError) { try await sandbox.forget(phone) }

  /// What happened, oldest first: the last ``SimulatorLimits/events`` of it.
  public var events: [SimulatorEvent] { get async { await sandbox.events } }

  /// The first event that `wants` accepts, whether it has happened already or is still to come.
  ///
  /// - Parameter time: how long to wait, in real time.
  /// - Throws: ``SimulatorError/noSuchEvent(within:)`` when it does not come in time; `CancellationError`.
  public func event(
    within time: Duration = .seconds(10), where wants: @escaping @Sendable (SimulatorEvent) -> Bool
  ) async throws -> SimulatorEvent {
    try await withThrowingTaskGroup(of: SimulatorEvent.self) { group in
      group.addTask { try await sandbox.event(where: wants) }
      group.addTask {
        try await clock.sleep(time)
        throw SimulatorError.noSuchEvent(within: time)
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  // MARK: Running

  /// The port it listens on; waits until it does.
  ///
  /// - Throws: ``SimulatorError/stopped`` when it never will; `CancellationError`.
  public var boundPort: Int { get async throws { try await listening.value } }

  /// What a client needs as its base address, such as `http://127.0.0.1:40123`; waits until it listens.
  ///
  /// - Throws: as ``boundPort``.
  public var baseURL: String {
    get async throws {
      let port = try await boundPort
      let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
      return "http://\(host):\(port)"
    }
  }

  /// Runs the simulator for as long as `body` runs, and stops it then. Callbacks in flight end with it.
  ///
  /// - Parameter body: gets the base address.
  /// - Throws: what `body` throws, or what ``run()`` throws when it cannot listen.
  public func whileRunning<Answer: Sendable>(
    _ body: @escaping @Sendable (_ baseURL: String) async throws -> Answer
  ) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask {
        try await run()
        return nil
      }
      group.addTask { try await body(await baseURL) }
      defer { group.cancelAll() }
      while let next = await group.nextResult() {
        switch next {
        case .success(let answer?): return answer
        case .success(nil): continue
        // That it stopped is only the echo of why: run() itself throws the reason.
        case .failure(SimulatorError.stopped) where !group.isEmpty: continue
        case .failure(let error): throw error
        }
      }
      throw SimulatorError.stopped
    }
  }

  /// Listens and serves until the task is cancelled or gracefully shut down. Callbacks in flight are then given up,
  /// requests in hand get ``SimulatorLimits/shutdown``.
  ///
  /// - Throws: ``SimulatorError/alreadyRun``; the system's error when the address cannot be listened on.
  public func run() async throws {
    guard started.first() else { throw SimulatorError.alreadyRun }
    let courier = Courier(shortcode: configuration.shortcode)
    var failure: (any Error)?
    do {
      try await serve(courier)
    } catch {
      failure = Task.isCancelled ? nil : error
    }
    listening.announce(.failure(SimulatorError.stopped))
    try await courier.close()
    if let failure { throw failure }
  }

  private func serve(_ courier: Courier) async throws {
    enum Part { case server, stage, patience }
    let server = application
    try await withThrowingTaskGroup(of: Part.self) { group in
      group.addTask {
        try await server.run()
        return .server
      }
      group.addTask {
        await stage.run(courier: courier)
        return .stage
      }
      group.addTask {
        try await gracefulShutdown()
        try await Task.sleep(for: SimulatorLimits.shutdown)
        return .patience
      }
      defer { group.cancelAll() }
      for try await part in group where part != .stage { return }
    }
  }

  private var application: Application<SimulatorResponder> {
    Application(
      responder: SimulatorResponder(
        sandbox: sandbox, control: ControlDesk(sandbox: sandbox, configuration: configuration, seed: seed),
        stage: stage,
        clock: clock, pushAnswer: configuration.delays.pushAnswer * configuration.pace),
      server: .http1(configuration: .init(idleTimeout: .seconds(Int64(SimulatorLimits.idleConnectionSeconds)))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        availableConnectionsDelegate: MaximumAvailableConnections(SimulatorLimits.connections)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? configuration.port
        logger.info("Daraja simulator is listening", metadata: ["port": "\(port)", "pace": "\(configuration.pace)"])
        if configuration.host != "::1", !configuration.host.hasPrefix("127.") {
          logger.warning(
            "The simulator is reachable from other machines, and its control endpoints ask for no password")
        }
        listening.announce(.success(port))
      },
      logger: serverLogger)
  }

  /// The server's own messages repeat ours; only its troubles are wanted.
  private var serverLogger: Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .warning)
    return logger
  }
}
