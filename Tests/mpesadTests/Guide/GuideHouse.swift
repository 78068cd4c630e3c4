import AsyncHTTPClient
import DarajaSimulator
import Foundation
import Logging
import Testing

@testable import mpesad

/// The real daemon as a process of its own, a local Daraja, and a shop that speaks the guide's API to it.
struct GuideHouse: Sendable {
  /// The guide's numbers: Safaricom's sandbox test number, and the one its scenarios use besides.
  static let testPhone = "254708374149"
  static let otherPhone = "254711222333"
  /// How fast life runs here: every wait of the simulator and of the daemon is this share of itself.
  static let pace = 0.05

  let simulator: DarajaSimulator
  let daemon: MpesadProcess
  let shop: ShopClient
  let baseURL: String
  let token: String
  let stateDirectory: String

  /// Runs both for as long as `body` takes; the daemon must then stop as systemd would have it.
  /// - Parameters:
  ///   - darajaURL: where the daemon looks for Safaricom, instead of the simulator.
  ///   - settings: further settings, as `name=value`.
  ///   - extra: further variables of the environment.
  static func run(
    darajaURL: String? = nil, settings: [String] = [], environment extra: [String: String] = [:],
    _ body: @escaping @Sendable (GuideHouse) async throws -> Void
  ) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    var configuration = SimulatorConfiguration()
    configuration.pace = pace
    let simulator = try DarajaSimulator(
      configuration, logger: Logger(label: "simulator", factory: { _ in SwiftLogNoOpLogHandler() }))
    try await simulator.whileRunning { simulatorURL in
      let port = try await HousedDaemon.kernelChoice()
      let daemon = try MpesadProcess(
        ["serve", "--state", workspace.path, "--listen", "127.0.0.1:\(port)"]
          + flags(darajaURL ?? simulatorURL, settings),
        environment: environment(simulator.configuration, port: port).merging(extra) { $1 })
      _ = try await daemon.port()
      let issued = try await MpesadProcess.run(
        ["issue-token", "--state", workspace.path, "--user", "7"], environment: extra)
      let token = issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
      let http = HTTPClient(eventLoopGroupProvider: .singleton)
      let baseURL = "http://127.0.0.1:\(port)"
      let house = GuideHouse(
        simulator: simulator, daemon: daemon,
        shop: ShopClient(http: http, baseURL: baseURL, token: token),
        baseURL: baseURL, token: token, stateDirectory: workspace.path)
      do {
        try await body(house)
      } catch {
        Issue.record("\(error)\n\(daemon.said.suffix(4_000))")
      }
      try await http.shutdown()
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(2_000))")
    }
  }

  /// The waits of the demo, at this house's pace.
  private static func flags(_ darajaURL: String, _ settings: [String]) -> [String] {
    ([
      "daraja_base_url=\(darajaURL)",
      "mpesa_query_schedule_seconds=" + DemoPace.querySchedule.map { "\($0 * pace)" }.joined(separator: ", "),
      "mpesa_query_interval_seconds=\(DemoPace.queryInterval * pace)",
      "mpesa_prompt_lifetime_seconds=\(DemoPace.promptLifetime * pace)",
      "breaker_rest_seconds=\(DemoPace.breakerRest * pace)",
    ] + settings).flatMap { ["--set", $0] }
  }

  /// The guide's settings, under the guide's names.
  private static func environment(_ sandbox: SimulatorConfiguration, port: Int) -> [String: String] {
    [
      "MPESA_CONSUMER_KEY": sandbox.consumerKey, "MPESA_CONSUMER_SECRET": sandbox.consumerSecret,
      "MPESA_BUSINESS_SHORTCODE": sandbox.shortcode, "MPESA_PASSKEY": sandbox.passkey,
      "MPESA_ENVIRONMENT": "sandbox", "MPESA_CALLBACK_URL": "http://127.0.0.1:\(port)/api/payments/callbacks",
    ]
  }

  /// Makes an order and asks for its prompt.
  func pay(_ amount: String = "1500.00", by phone: String) async throws -> (order: Int64, transaction: Int64) {
    let order = try await shop.createOrder(amount: amount, description: "A try", reference: "GUIDE-1")
    return (order, try await shop.prompt(order: order, phone: phone).transaction)
  }

  /// The first status of a payment that `wants` accepts.
  func status(
    of transaction: Int64, within seconds: Double = 60, where wants: (PaymentView) -> Bool = { $0.status != "pending" }
  ) async throws -> PaymentView {
    let end = Date(timeIntervalSinceNow: seconds)
    while true {
      let view = try await shop.status(transaction)
      if wants(view) || Date() >= end { return view }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
