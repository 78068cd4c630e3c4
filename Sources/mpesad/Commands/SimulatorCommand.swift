import ArgumentParser
import DarajaSimulator
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the local Daraja alone.
struct SimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulator",
    abstract: "Run a local Daraja with a programmable customer, for development and CI.",
    discussion: """
      The last digits of a phone number choose what its customer does; PUT /simulator/customers/{phone} {"story":"cancels"} chooses for
      any number. GET /simulator/stories lists the stories, GET /simulator/events what happened.
      """)

  @Option(name: .long, help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(name: .long, help: "The port to listen on; 0 for any free one.")
  var port = 8_090

  @Option(name: .long, help: "Scales every delay: 0.1 is ten times as fast as life.")
  var pace = 1.0

  @Option(name: .long, help: "Seed of receipts and chance, so that a run can be repeated.")
  var seed: UInt64?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    guard pace > 0, pace.isFinite else { throw ValidationError("--pace must be above 0.") }
  }

  func run() async throws {
    do {
      var configuration = SimulatorConfiguration()
      configuration.host = host
      configuration.port = port
      configuration.pace = pace
      configuration.seed = seed
      let logger = Logger(label: "simulator") { StandardErrorLog(logLevel: .info, label: $0) }
      let simulator = try DarajaSimulator(configuration, logger: logger)
      async let announced: Void = announce(simulator, configuration)
      try await ServiceGroup(services: [simulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
      try await announced
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private func announce(_ simulator: DarajaSimulator, _ configuration: SimulatorConfiguration) async throws {
    let address = try await simulator.baseURL
    // Written at once: standard output into a file or pipe would keep it until the end.
    let text =
      """
      Daraja simulator on \(address)
        mpesa_consumer_key        \(configuration.consumerKey)
        mpesa_consumer_secret     \(configuration.consumerSecret)
        mpesa_business_shortcode  \(configuration.shortcode)
        mpesa_passkey             \(configuration.passkey)

      """ + Story.allCases.map { "  \($0.phone)  \($0.rawValue): \($0.summary)" }.joined(separator: "\n") + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
