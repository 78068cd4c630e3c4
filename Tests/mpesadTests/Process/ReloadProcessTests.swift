import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import Testing

@testable import mpesad

/// Reloading as an operator meets it: the real program, its file rewritten while it runs.
@Suite(.timeLimit(.minutes(3))) struct ReloadProcessTests {
  /// A daemon over a configuration file, and what can be done with both.
  struct House {
    let workspace: Workspace
    let daemon: MpesadProcess
    let port: Int
    var state: String { workspace.path + "/state" }

    static func use(
      _ file: String, environment: [String: String] = [:], _ body: (House) async throws -> Void
    ) async throws {
      let workspace = try Workspace()
      defer { workspace.remove() }
      let path = try workspace.file("mpesad.yaml", file)
      let daemon = try MpesadProcess(
        ["serve", "--config", path, "--state", workspace.path + "/state", "--listen", "127.0.0.1:0"],
        environment: environment)
      try await body(House(workspace: workspace, daemon: daemon, port: try await daemon.port()))
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(2_000))")
    }

    func write(_ file: String) throws { _ = try workspace.file("mpesad.yaml", file) }

    func reload(_ arguments: [String] = []) async throws -> CommandRun {
      try await CommandRun(["reload", "--state", state] + arguments)
    }

    /// Posts something to the bare callback address.
    /// - Returns: the HTTP status.
    func deliver(from client: String = "203.0.113.9") async throws -> UInt {
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/payments/callbacks/")
      request.method = .POST
      request.headers = ["X-Forwarded-For": client]
      request.body = .bytes(ByteBuffer(string: "{}"))
      return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
    }
  }

  @Test func theCommandWaitsForTheVerdictAndTellsIt() async throws {
    try await House.use("rate_limit_callback_per_minute: 1\n") { house in
      #expect(try await house.deliver() == 200)
      #expect(try await house.deliver() == 429)

      try house.write("rate_limit_callback_per_minute: 0\ntrusted_proxies: 127.0.0.1\nworkers: 2\n")
      let good = try await house.reload()
      #expect(good.status == 0, "\(good.messages)")
      #expect(
        good.cells == [
          ["setting", "state"], ["trusted_proxies", "taken up"], ["rate_limit_callback_per_minute", "taken up"],
          ["workers", "needs a restart"],
        ])
      #expect(good.messages.contains("Needs a restart: workers."))
      #expect(try await house.deliver() == 200)
      #expect(try await LedgerView(directory: house.state).sources() == ["127.0.0.1", "203.0.113.9"])

      try house.write("rate_limit_callback_per_minute: 1\ntrusted_proxies: nowhere\n")
      let bad = try await house.reload()
      #expect(bad.status == 78)
      #expect(bad.data.isEmpty && bad.messages.contains("\"nowhere\""))
      #expect(bad.messages.contains("trusted_proxies is set in \(house.workspace.path)/mpesad.yaml"))
      for _ in 0..<3 { #expect(try await house.deliver() == 200) }
      #expect(house.daemon.said.contains("MPESA_EVENT=reload_refused"))

      // Told in JSON, and nothing to tell.
      try house.write("rate_limit_callback_per_minute: 0\ntrusted_proxies: 127.0.0.1\n")
      struct Report: Decodable { var read, takenUp, needRestart: [String] }
      let report = try await house.reload(["--json"]).json(Report.self)
      #expect(report.takenUp == [] && report.needRestart == [])
      #expect(report.read.contains { $0.contains("mpesad.yaml") })
    }
  }

  @Test func limitsOfTheAPIKeysAndTheLogFollowAHangup() async throws {
    let secrets = ["the-first-secret-of-thirty-two-bytes", "the-second-secret-of-thirty-two-bytes"]
    func file(_ secret: String, limit: Int, level: String) -> String {
      "jwt_secret: \(secret)\nrate_limit_phone_per_minute: \(limit)\nlog_level: \(level)\n"
    }
    try await House.use(file(secrets[0], limit: 1, level: "notice")) { house in
      var tokens: [String] = []
      for secret in secrets {
        tokens.append(
          try await CommandRun(
            ["issue-token", "--state", house.state, "--user", "7"], environment: ["MPESAD_JWT_SECRET": secret]
          ).data.trimmingCharacters(in: .newlines))
      }
      let order = try await SettingsCommandTests.order(house.state)
      func prompt(_ token: String) async throws -> UInt {
        try await SettingsCommandTests.prompt(order, port: house.port, token: token)
      }
      // 503: nothing is sent while the credentials are missing, but the call counts.
      #expect(try await prompt(tokens[0]) == 503)
      #expect(try await prompt(tokens[0]) == 429)
      #expect(try await prompt(tokens[1]) == 401)
      #expect(!house.daemon.said.contains(" debug "))

      try house.write(file(secrets[1], limit: 0, level: "debug"))
      house.daemon.signal(SIGHUP)
      try await house.daemon.says("MPESA_EVENT=reloaded")
      #expect(house.daemon.said.contains("MPESA_ACTOR=SIGHUP"))
      #expect(try await prompt(tokens[0]) == 401)
      #expect(house.daemon.said.contains(" debug "))
      for _ in 0..<2 { #expect(try await prompt(tokens[1]) == 503) }

      try house.write(file("short", limit: 1, level: "error"))
      house.daemon.signal(SIGHUP)
      try await house.daemon.says("MPESA_EVENT=reload_refused")
      for _ in 0..<2 { #expect(try await prompt(tokens[1]) == 503) }
      for secret in secrets { #expect(!house.daemon.said.contains(secret)) }
    }
  }

  @Test(.enabled(if: Requirement.met(ServerCertificate.openssl != nil), "needs the openssl program"))
  func aBadCertificateRefusesEverythingElseWithIt() async throws {
    try await House.use("rate_limit_callback_per_minute: 0\n") { house in
      let own = try await ServerCertificate(in: house.workspace.path)
      let other = try await ServerCertificate(in: house.workspace.path, named: "other")
      try house.write(
        "rate_limit_callback_per_minute: 1\ntls_certificate_file: \(own.certificate)\ntls_key_file: \(other.key)\n")
      let refused = try await house.reload()
      #expect(refused.status == 78 && refused.messages.contains(other.key), "\(refused.messages)")
      for _ in 0..<3 { #expect(try await house.deliver() == 200) }
      // A good one is taken note of, and needs a restart.
      try house.write("tls_certificate_file: \(own.certificate)\ntls_key_file: \(own.key)\n")
      let waiting = try await house.reload()
      #expect(waiting.status == 0, "\(waiting.messages)")
      #expect(waiting.cells.contains(["tls_certificate_file", "needs a restart"]))
      #expect(try await house.deliver() == 200)
    }
  }

  @Test func credentialsInTheFileAreTakenUpAndWrongOnesKeepItReceiving() async throws {
    try await SettingsCommandTests.withSimulator { daraja, configuration in
      let good = """
        daraja_base_url: \(daraja)
        mpesa_consumer_key: \(configuration.consumerKey)
        mpesa_consumer_secret: \(configuration.consumerSecret)
        mpesa_passkey: \(configuration.passkey)
        mpesa_business_shortcode: \(configuration.shortcode)
        mpesa_callback_url: http://127.0.0.1:9/api/payments/callbacks

        """
      let bad = good.replacing("mpesa_callback_url: http://", with: "mpesa_callback_url: ")
      try await House.use(bad) { house in
        #expect(house.daemon.said.contains("error mpesad: The setting mpesa_callback_url"), "\(house.daemon.said)")
        #expect(house.daemon.said.contains("Receiving callbacks only"))
        #expect(try await house.deliver() == 200)
        let token = try await SettingsCommandTests.token(house.state)
        let order = try await SettingsCommandTests.order(house.state)
        #expect(try await SettingsCommandTests.prompt(order, port: house.port, token: token) == 503)
        // Still wrong, it is refused; put right, it is taken up.
        #expect(try await house.reload().status == 78)
        try house.write(good)
        let reload = try await house.reload()
        #expect(reload.status == 0, "\(reload.messages)")
        #expect(reload.cells.contains(["mpesa_callback_url", "taken up"]))
        #expect(try await SettingsCommandTests.prompt(order, port: house.port, token: token) == 200)
      }
    }
  }

  @Test func withoutADaemonThereIsNothingToReload() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let run = try await CommandRun(["reload", "--state", workspace.path])
    #expect(run.status == 69 && run.messages.contains(workspace.path), "\(run.messages)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path).isEmpty)
  }

  /// The file of keys is a pipe, at which the start waits until the test has sent its signals.
  @Test func hangupsDuringTheStartEndNothingAndAreActedOnAfterwards() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let keys = workspace.path + "/keys.pem"
    #expect(mkfifo(keys, 0o600) == 0)
    let daemon = try MpesadProcess(
      ["serve", "--state", workspace.path + "/state", "--listen", "127.0.0.1:0"],
      environment: ["MPESAD_JWT_KEYS_FILE": keys])
    var pipe: CInt = -1
    let end = ContinuousClock.now + .seconds(60)
    while pipe < 0, ContinuousClock.now < end {
      // Fails until somebody reads.
      pipe = open(keys, O_WRONLY | O_NONBLOCK)
      try await Task.sleep(for: .milliseconds(5))
    }
    try #require(pipe >= 0, "\(daemon.said)")
    for _ in 0..<200 { daemon.signal(SIGHUP) }
    try FileManager.default.removeItem(atPath: keys)
    let text = P256.Signing.PrivateKey().publicKey.pemRepresentation
    _ = try workspace.file("keys.pem", text)
    try FileHandle(fileDescriptor: pipe, closeOnDealloc: true).write(contentsOf: Data(text.utf8))
    close(pipe)
    _ = try await daemon.port()
    try await daemon.says("MPESA_EVENT=reloaded")
    let ready = try #require(daemon.said.range(of: "Ready."))
    let reloaded = try #require(daemon.said.range(of: "MPESA_EVENT=reloaded"))
    #expect(ready.lowerBound < reloaded.lowerBound)
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said)")
  }

  @Test func aHundredReloadsUnderLoadLoseNoCallback() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let load = try await KillTests.seed(state, 20_000)
    let client = CallbackClient(load)
    let path = try workspace.file("mpesad.yaml", "")
    let daemon = try MpesadProcess(["serve", "--config", path, "--state", state, "--listen", "127.0.0.1:0"])
    let port = try await daemon.port()
    async let posting: Void = client.post(to: port, connections: 8)
    let admin = AdminClient(path: state + "/admin.sock")
    for round in 1...100 {
      _ = try workspace.file(
        "mpesad.yaml",
        "rate_limit_callback_per_minute: \(round)\nmpesa_callback_policy: \(round % 2 == 0 ? "off" : "log")\n")
      if round % 10 == 0 { daemon.signal(SIGHUP) }
      let report = try #require(try await admin.perform(Reload()))
      #expect(report.needRestart == [])
    }
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(2_000))")
    await posting
    #expect(client.ledger.count > 100 && client.refusals == 0)
    try await KillTests.checkAllSettled(state, load, client.ledger)
  }
}
