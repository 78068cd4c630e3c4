import DarajaSimulator
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The whole demo: simulator and daemon in this process, all stories at once, and what became of each.
struct DemoRun: Sendable {
  var pace: DemoPace
  /// Makes progress visible.
  var progress: DemoProgress
  /// Signals that end it early.
  var signals: [UnixSignal] = []
  /// Called when the stories are over, while both still run.
  var afterwards: @Sendable (DemoHouse, DemoReport) async throws -> Void = { _, _ in }

  /// Plays all stories in this directory, which must exist.
  /// - Throws: ``DemoError/interrupted`` when a signal came first, else what kept one of the services from running.
  func run(in stateDirectory: String) async throws -> DemoReport {
    // A terminal is for the stories; what the daemon says of them is beside its database.
    let logger = Logger(label: "demo") { _ in
      FileLog(path: stateDirectory + "/" + DemoReport.logName, level: .info)
    }
    var configuration = SimulatorConfiguration()
    configuration.pace = pace.factor
    let simulator = try DarajaSimulator(configuration, logger: logger)
    let (houses, opened) = AsyncStream<DemoHouse>.makeStream()
    let daemon = HousedDaemon(
      pace: pace, simulator: simulator, stateDirectory: stateDirectory, logger: logger, opened: opened)
    let programme = DemoProgramme(houses: houses, progress: progress, afterwards: afterwards)
    // A group stops from its end: the shoppers first, then the daemon, and Safaricom last.
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: simulator), .init(service: daemon),
          .init(
            service: programme, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup),
        ], gracefulShutdownSignals: signals, logger: logger))
    try await group.run()
    guard let report = programme.report else { throw DemoError.interrupted }
    return report
  }
}
