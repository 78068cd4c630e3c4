import DarajaSimulator
import Gateway
import Logging
import NIOPosix
import Reconciliation
import ServiceLifecycle

/// The real daemon as one service of the demo. It is put together when the simulator's address is known.
struct HousedDaemon: Service {
  /// How often another port is tried.
  static let maximumAttempts = 5

  let pace: DemoPace
  let simulator: DarajaSimulator
  let stateDirectory: String
  let logger: Logger
  /// Told once, when both listen.
  let opened: AsyncStream<DemoHouse>.Continuation
  /// Gives a port of loopback that nobody has now.
  var freePort: @Sendable () async throws -> Int = Self.kernelChoice
  /// Settings that are wanted besides those of the demo, or otherwise.
  var settings: [Setting: String] = [:]

  /// The system's, with a wall clock that is taken to be right: the demo is over long before a program could know, and a payment that nobody can
  /// answer for is to reach a person's hands within it.
  private static var timing: Timing {
    var timing = Timing.system
    timing.reading = {
      var reading = SystemClock.shared.reading
      reading.isTrusted = true
      return reading
    }
    return timing
  }

  func run() async throws {
    defer { opened.finish() }
    let darajaURL = try await simulator.baseURL
    for attempt in 1...Self.maximumAttempts {
      do {
        return try await run(port: freePort(), darajaURL)
      } catch GatewayError.cannotListen where attempt < Self.maximumAttempts {
        // Somebody took the port between our looking and the daemon's listening.
        continue
      }
    }
  }

  private func run(port: Int, _ darajaURL: String) async throws {
    let settings = try await pace.settings(
      simulator: simulator.configuration, daraja: darajaURL, port: port, state: stateDirectory, others: self.settings)
    let daemon = try await Daemon.open(settings, timing: Self.timing, logger: logger)
    let house = DemoHouse(
      pace: pace, simulator: simulator, daemon: daemon, darajaURL: darajaURL,
      daemonURL: "http://127.0.0.1:\(port)", stateDirectory: stateDirectory)
    async let announced: Void = announce(house)
    try await daemon.run()
    try await announced
  }

  private func announce(_ house: DemoHouse) async throws {
    _ = try await house.daemon.gateway.port()
    opened.yield(house)
  }

  /// The port that the kernel would choose now.
  ///
  /// The callback address is a setting and must hold the port before the daemon listens, so a choice made while listening comes too late.
  @Sendable static func kernelChoice() async throws -> Int {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = channel.localAddress?.port ?? 0
    try await channel.close()
    return port
  }
}
