import AsyncHTTPClient
import Daraja
import DarajaSimulator
import Foundation
import Logging
import NIOCore

@testable import mpesad

/// The real daemon as a process whose wall clock a test sets, a local Daraja in which shoppers take a minute, and a shop.
struct SteppedShop: Sendable {
  struct Answer: Sendable {
    var status: Int
    var retryAfter: Int?
    var body: JSONValue
  }

  /// How long shoppers look at their prompts: longer than a test.
  private static let patience = Duration.seconds(600)
  /// Safaricom is asked every second.
  private static let schedule = (1...120).map(String.init).joined(separator: ", ")

  let directory: String
  let settings: [String]
  let environment: [String: String]
  let offsetFile: String

  /// Runs a test with all that it needs but the daemon.
  static func use(_ body: @escaping @Sendable (SteppedShop) async throws -> Void) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    var configuration = SimulatorConfiguration()
    configuration.delays.pushAnswer = .milliseconds(50)
    configuration.delays.customerAnswers = patience
    configuration.queryLimit = nil
    let simulator = try DarajaSimulator(
      configuration, logger: Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() })
    let offsetFile = workspace.path + ".offset"
    defer { try? FileManager.default.removeItem(atPath: offsetFile) }
    let library = try FaultLibrary.clock()
    let sandbox = simulator.configuration
    try await simulator.whileRunning { url in
      let shop = SteppedShop(
        directory: workspace.path,
        settings: [
          "daraja_base_url=\(url)", "mpesa_query_schedule_seconds=\(schedule)", "mpesa_query_interval_seconds=0.2",
          "mpesa_retention_days=1",
        ].flatMap { ["--set", $0] },
        environment: [
          "MPESA_CONSUMER_KEY": sandbox.consumerKey, "MPESA_CONSUMER_SECRET": sandbox.consumerSecret,
          "MPESA_BUSINESS_SHORTCODE": sandbox.shortcode, "MPESA_PASSKEY": sandbox.passkey,
          "MPESA_ENVIRONMENT": "sandbox", "MPESA_CALLBACK_URL": "http://127.0.0.1:9/api/payments/callbacks",
          "LD_PRELOAD": library, "TEST_CLOCK_OFFSET": offsetFile,
        ], offsetFile: offsetFile)
      try shop.setClock(to: 0)
      try await body(shop)
    }
  }

  /// Sets the daemon's wall clock: so many seconds ahead of the right time.
  func setClock(to seconds: Int) throws {
    // Written beside and renamed: the daemon reads it at any moment.
    try Data("\(seconds)".utf8).write(to: URL(fileURLWithPath: offsetFile), options: .atomic)
  }

  /// Runs the daemon for as long as a body takes.
  func serving(_ body: (_ port: Int) async throws -> Void) async throws {
    let daemon = try MpesadProcess(
      ["serve", "--state", directory, "--listen", "127.0.0.1:0"] + settings, environment: environment)
    do {
      try await body(try await daemon.port())
    } catch {
      daemon.signal(SIGKILL)
      throw error
    }
    daemon.signal(SIGTERM)
    let status = try await daemon.wait()
    guard status == 0 else { throw MpesadProcess.Ended(output: daemon.said) }
  }

  /// A request of the shop's, with a token made by the daemon's own clock.
  func post(_ path: String, _ json: String, key: String? = nil, to port: Int) async throws -> Answer {
    let issued = try await MpesadProcess.run(
      ["issue-token", "--state", directory, "--user", "7"], environment: environment)
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/\(path)")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(
      name: "Authorization", value: "JWT " + issued.output.trimmingCharacters(in: .whitespacesAndNewlines))
    if let key { request.headers.add(name: "Idempotency-Key", value: key) }
    request.body = .bytes(ByteBuffer(string: json))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let body = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code),
      retryAfter: response.headers.first(name: "Retry-After").flatMap(Int.init),
      body: try JSONValue.parse(Array(body.readableBytesView)))
  }

  func order(to port: Int) async throws -> Int {
    let answer = try await post(
      "orders/", #"{"amount": "1500.00", "reference": "A-17", "description": "Lamps"}"#, to: port)
    return try number(answer, "order_id")
  }

  func initiate(_ order: Int, key: String? = nil, to port: Int) async throws -> Answer {
    try await post(
      "payments/transactions/initiate_mpesa_payment/", #"{"order_id": \#(order), "phone_number": "254712345149"}"#,
      key: key, to: port)
  }

  func number(_ answer: Answer, _ name: String) throws -> Int {
    guard case .number(let text)? = answer.body[name], let number = Int(text) else {
      throw MpesadProcess.Ended(output: "no \(name) in \(answer)")
    }
    return number
  }
}
