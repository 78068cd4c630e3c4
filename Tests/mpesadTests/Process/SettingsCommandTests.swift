import AsyncHTTPClient
import DarajaSimulator
import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import mpesad

/// The settings commands on the real program, with the simulator in Safaricom's place.
@Suite(.timeLimit(.minutes(2))) struct SettingsCommandTests {
  static let secret = "the-consumer-secret-of-the-test"

  /// The simulator while `body` runs.
  static func withSimulator(_ body: (String, SimulatorConfiguration) async throws -> Void) async throws {
    var configuration = SimulatorConfiguration()
    configuration.pace = 0.01
    let simulator = try DarajaSimulator(configuration, logger: Logger(label: "simulator"))
    let group = ServiceGroup(services: [simulator], logger: Logger(label: "simulator"))
    async let running: Void = group.run()
    let result: Result<Void, any Error>
    do {
      try await body(try await simulator.baseURL, configuration)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await running
    try result.get()
  }

  /// The arguments that set all credentials of the simulator, secrets from files.
  static func credentials(_ workspace: Workspace, _ configuration: SimulatorConfiguration) throws -> [String] {
    [
      "--consumer-key-file", try workspace.file("key", configuration.consumerKey + "\n"),
      "--consumer-secret-file", try workspace.file("secret", configuration.consumerSecret + "\n"),
      "--passkey-file", try workspace.file("passkey", configuration.passkey + "\n"),
      "--business-shortcode", configuration.shortcode,
      "--callback-url", "http://127.0.0.1:9/api/payments/callbacks",
    ]
  }

  @Test func aRunningDaemonTakesCredentialsUpAndGivesThemBackWithoutARestart() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try await Self.withSimulator { daraja, configuration in
      let daemon = try MpesadProcess([
        "serve", "--state", state, "--listen", "127.0.0.1:0", "--set", "daraja_base_url=\(daraja)",
      ])
      let (port, token) = (try await daemon.port(), try await Self.token(state))
      let order = try await Self.order(state)
      #expect(try await Self.prompt(order, port: port, token: token) == 503)

      let set = try await CommandRun(
        ["set-mpesa-credentials", "--state", state, "--verify"] + Self.credentials(workspace, configuration))
      #expect(set.status == 0, "\(set.messages)")
      #expect(try await Self.prompt(order, port: port, token: token) == 200)

      let unset = try await CommandRun(["set-mpesa-credentials", "--state", state, "--unset", "mpesa_passkey"])
      #expect(unset.status == 0, "\(unset.messages)")
      #expect(unset.messages.contains("mpesa_passkey"))
      #expect(try await Self.prompt(try await Self.order(state), port: port, token: token) == 503)

      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0)
      #expect(daemon.said.contains("All M-Pesa settings are there"))
      for secret in [configuration.consumerSecret, configuration.passkey] {
        #expect(!daemon.said.contains(secret) && !set.data.contains(secret) && !set.messages.contains(secret))
        #expect(try Self.files(in: state, holding: secret) == [])
      }
    }
  }

  @Test func theConnectionIsTestedStepByStepWithAndWithoutADaemon() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try await Self.withSimulator { daraja, configuration in
      let environment = ["MPESAD_DARAJA_BASE_URL": daraja, "MPESA_QUERY_INTERVAL_SECONDS": "0.01"]
      let set = try await CommandRun(
        ["set-mpesa-credentials", "--state", state] + Self.credentials(workspace, configuration),
        environment: environment)
      #expect(set.status == 0, "\(set.messages)")
      struct Line: Decodable {
        var step: String
        var outcome: String
      }
      let alone = try await CommandRun(
        ["test-mpesa-connection", "--state", state, "--json"], environment: environment)
      #expect(alone.status == 0, "\(alone.data)\(alone.messages)")
      let lines = try alone.json([Line].self)
      #expect(lines.map(\.step) == ConnectionStep.allCases.map(\.rawValue))
      #expect(lines.first { $0.step == "account" }?.outcome == "passed")
      #expect(lines.first { $0.step == "tls" }?.outcome == "skipped")

      let daemon = try MpesadProcess(
        ["serve", "--state", state, "--listen", "127.0.0.1:0"], environment: environment)
      _ = try await daemon.port()
      let inside = try await CommandRun(["test_mpesa_connection", "--state", state])
      #expect(inside.status == 0, "\(inside.data)\(inside.messages)")
      #expect(inside.data.contains("✓ passkey and shortcode"))

      let wrong = try workspace.file("wrong", "not-the-passkey")
      let refused = try await CommandRun([
        "set-mpesa-credentials", "--state", state, "--verify", "--passkey-file", wrong,
      ])
      #expect(refused.status == 1)
      #expect(refused.messages.contains("Failed to connect to M-Pesa API"), "\(refused.messages)")
      #expect(refused.messages.contains("Nothing was stored"))
      let stored = try await CommandRun(["set-mpesa-credentials", "--state", state, "--passkey-file", wrong])
      #expect(stored.status == 0)
      let failing = try await CommandRun(["test-mpesa-connection", "--state", state])
      #expect(failing.status == 1)
      #expect(failing.data.contains("✗ passkey and shortcode") && failing.data.contains("mpesa_passkey"))
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0)
    }
  }

  @Test func initMakesWhatIsMissingOnceAndNamesWhatIsToBeSet() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    let first = try await CommandRun(["init-mpesa-settings", "--state", state])
    #expect(first.status == 78)
    #expect(
      first.messages.contains(
        "Missing required M-Pesa settings: mpesa_consumer_key, mpesa_consumer_secret, mpesa_business_shortcode, mpesa_passkey, "
          + "mpesa_callback_url"), "\(first.messages)")
    for setting in Setting.allCases { #expect(first.cells.contains { $0[0] == setting.rawValue }) }
    for key in ["callback.key", "settings.key", "jwt.key"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: state + "/" + key)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
    let keys = FileManager.default.contents(atPath: state + "/settings.key")
    let again = try await CommandRun(["init_mpesa_settings", "--state", state])
    #expect(again.status == 78 && again.data == first.data)
    #expect(FileManager.default.contents(atPath: state + "/settings.key") == keys)

    var environment = ["MPESA_CONSUMER_KEY": "a-consumer-key", "MPESA_CONSUMER_SECRET": Self.secret]
    environment["MPESA_BUSINESS_SHORTCODE"] = "174379"
    environment["MPESA_PASSKEY"] = "a-passkey"
    environment["MPESA_CALLBACK_URL"] = "https://pay.example.co.ke/api/payments/callbacks"
    let complete = try await CommandRun(["init-mpesa-settings", "--state", state], environment: environment)
    #expect(complete.status == 0, "\(complete.messages)")
    let row = try #require(complete.cells.first { $0[0] == "mpesa_consumer_secret" })
    #expect(row[1] == "sha256:\(Fingerprint.of(Self.secret))..." && row[2] == "environment")
    #expect(!complete.data.contains(Self.secret) && !complete.messages.contains(Self.secret))
  }

  @Test func aWrongSettingIsShownWithWhatIsWrongAndKeepsNoOtherCommandFromItsWork() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    let environment = ["MPESA_BUSINESS_SHORTCODE": "12"]
    let list = try await CommandRun(["init-mpesa-settings", "--state", state], environment: environment)
    #expect(list.status == 78)
    let row = try #require(list.cells.first { $0[0] == "mpesa_business_shortcode" })
    #expect(row[3].contains("5 to 7 digits") && list.messages.contains("5 to 7 digits"))
    let token = try await CommandRun(["issue-token", "--state", state, "--user", "7"], environment: environment)
    #expect(token.status == 0, "\(token.messages)")
    let host = try await CommandRun(["issue-token", "--state", state, "--user", "7", "--listen", "nonsense"])
    #expect(host.status == 78)
  }

  static let wrong: [([String], String)] = [
    (["--business-shortcode", "1234"], "5 to 7 digits"), (["--callback-url", "pay.example"], "absolute"),
    (["--environment", "live"], "sandbox or production"), (["--callback-url", "https://localhost/c"], "localhost"),
    (["--environment", "production", "--callback-url", "http://pay.example/c"], "https"),
    (["--business-shortcode", ""], "empty"), (["--passkey-file", "/nowhere/passkey"], "/nowhere/passkey"),
    (["--setting", "workers=3"], "mpesa_"), (["--setting", "mpesa_passkey=x"], "secrets"),
    (["--unset", "listen"], "mpesa_"), ([], "Nothing to set"), (["--interactive"], "terminal"),
    (["--passkey", "x", "--passkey-file", "-"], "not both"),
    (["--passkey-file", "-", "--consumer-key-file", "-"], "standard input"),
  ]

  @Test(arguments: wrong) func whatCannotBeUsedIsNamedAndNothingIsStored(arguments: [String], named: String)
    async throws
  {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let run = try await CommandRun(
      ["set-mpesa-credentials", "--state", workspace.path + "/state", "--setting", "mpesa_maximum_amount=5000"]
        .dropLast(arguments.isEmpty ? 2 : 0) + arguments)
    #expect(run.status == 64, "\(run.messages)")
    #expect(run.messages.contains(named), "\(run.messages)")
    let list = try await CommandRun(["init-mpesa-settings", "--state", workspace.path + "/state"])
    #expect(list.cells.first { $0[0] == "mpesa_maximum_amount" }?[2] == "default")
  }

  @Test func secretsInArgumentsAndHiddenOnesAreWarnedAbout() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let run = try await CommandRun(
      [
        "set_mpesa_credentials", "--state", workspace.path + "/state", "--passkey", "on-the-command-line",
        "--callback-url", "https://pay.example.co.ke/mpesa_callback",
      ], environment: ["MPESA_PASSKEY": "in the environment"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("every user of this machine can read"))
    #expect(run.messages.contains("MPESA_PASSKEY"))
    #expect(run.messages.contains("https://pay.example.co.ke/api/payments/callbacks"))
    #expect(!run.messages.contains("on-the-command-line") && !run.data.contains("on-the-command-line"))
  }

  // MARK: What the tests stand on

  static func token(_ state: String) async throws -> String {
    try await CommandRun(["issue-token", "--state", state, "--user", "7"]).data.trimmingCharacters(in: .newlines)
  }

  static func order(_ state: String) async throws -> Int64 {
    struct Made: Decodable { var orderId: Int64 }
    return try await CommandRun([
      "orders", "create", "--state", state, "--amount", "1500", "--reference", "A-1", "--user", "7", "--json",
    ]).json(Made.self).orderId
  }

  static func files(in path: String, holding text: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
      (FileManager.default.contents(atPath: path + "/" + name) ?? Data()).range(of: Data(text.utf8)) != nil
    }
  }

  /// Asks for a prompt as a shop's backend does.
  /// - Returns: the HTTP status.
  static func prompt(_ order: Int64, port: Int, token: String) async throws -> UInt {
    var request = HTTPClientRequest(
      url: "http://127.0.0.1:\(port)/api/payments/transactions/initiate_mpesa_payment/")
    request.method = .POST
    request.headers = ["Authorization": "JWT \(token)", "Content-Type": "application/json"]
    request.body = .bytes(ByteBuffer(string: #"{"order_id":\#(order),"phone_number":"254712345678"}"#))
    return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
  }
}
