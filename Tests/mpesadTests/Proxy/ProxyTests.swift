import Foundation
import Payments
import Testing

@testable import mpesad

/// The example files of Config/, in the proxies they are for.
@Suite(
  .enabled(
    if: Requirement.met(
      ProxyProcess.Kind.allCases.allSatisfy { $0.executable != nil } && ServerCertificate.openssl != nil),
    "needs nginx, caddy and openssl"), .serialized, .timeLimit(.minutes(2)))
struct ProxyTests {
  /// A daemon behind the proxy that takes callbacks from 127.0.0.7 only.
  private func use(
    _ kind: ProxyProcess.Kind, trusting proxies: String = "127.0.0.1",
    _ body: (Int, ServerCertificate, LedgerView, MpesadProcess) async throws -> Void
  ) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let certificate = try await ServerCertificate(in: workspace.path)
    let daemon = try MpesadProcess(
      ["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"],
      environment: [
        "MPESAD_TRUSTED_PROXIES": proxies, "MPESA_CALLBACK_SOURCES": "127.0.0.7", "MPESA_CALLBACK_POLICY": "enforce",
        "MPESA_CONSOLE": "open", "MPESA_CHECKOUT_URL": "https://pay.example.co.ke",
      ])
    let port = try await daemon.port()
    let proxy = try await ProxyProcess(kind, before: port, certificate: certificate, in: workspace.path)
    do {
      try await waitUntilServing(proxy, certificate)
      try await body(proxy.port, certificate, try LedgerView(directory: workspace.path), daemon)
    } catch {
      Issue.record("\(error): \(proxy.said.suffix(2_000))\n\(daemon.said.suffix(1_000))")
    }
    try await proxy.stop()
    daemon.signal(SIGTERM)
    let status = try await daemon.wait()
    #expect(status == 0)
  }

  private func waitUntilServing(_ proxy: ProxyProcess, _ certificate: ServerCertificate) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while true {
      do {
        _ = try await TLSClient.send("GET", "/", to: proxy.port, trusting: certificate.client())
        return
      } catch {
        guard ContinuousClock.now < end else { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  @Test(arguments: ProxyProcess.Kind.allCases)
  func theClientIsKnownAndAForgedHeaderIsNot(kind: ProxyProcess.Kind) async throws {
    try await use(kind) { port, certificate, ledger, daemon in
      let tls = try certificate.client()
      for (from, forged, status) in [
        ("127.0.0.7", nil, 200), ("127.0.0.7", "196.201.214.200", 200), ("127.0.0.8", nil, 403),
        ("127.0.0.8", "127.0.0.7", 403), ("127.0.0.8", "127.0.0.7, 127.0.0.7", 403),
      ] {
        for path in ["/api/payments/callbacks", "/api/payments/transactions/mpesa_callback/"] {
          let answer = try await TLSClient.send(
            "POST", path, body: "{}", headers: forged.map { [("X-Forwarded-For", $0)] } ?? [], to: port, from: from,
            trusting: tls)
          #expect(answer.status == status, "\(from) with \(forged ?? "nothing"): \(answer.answer)")
        }
      }
      let sources = try await ledger.sources()
      #expect(sources == ["127.0.0.7", "127.0.0.7", "127.0.0.7", "127.0.0.7"])
      #expect(!daemon.said.contains("MPESA_SOURCE=127.0.0.1"), "the proxy is nobody's source")
    }
  }

  @Test(arguments: ProxyProcess.Kind.allCases)
  func onlyWhatIsNeededIsPublic(kind: ProxyProcess.Kind) async throws {
    try await use(kind) { port, certificate, _, _ in
      let tls = try certificate.client()
      for (path, status) in [
        ("/healthz", 404), ("/readyz", 404), ("/metrics", 404), ("/", 404), ("/api/../healthz", 404),
        ("/api/orders/1/", 401),
        ("/api/payments/transactions/1/check_mpesa_status/", 401),
      ] {
        let answer = try await TLSClient.send("GET", path, to: port, trusting: tls)
        #expect(answer.status == status, "\(path): \(answer.answer)")
      }
    }
  }

  @Test(arguments: ProxyProcess.Kind.allCases)
  func thePagesOfShoppersAreForAllAndTheConsoleForOwnAddresses(kind: ProxyProcess.Kind) async throws {
    try await use(kind) { port, certificate, ledger, _ in
      let tls = try certificate.client()
      let order = try await CommandRun([
        "orders", "create", "--amount", "1500", "--reference", "A-17", "--state", ledger.directory, "--json",
      ])
      let token = try #require(order.data.firstMatch(of: /checkout\\?\/([A-Za-z0-9._-]+)"/)?.1, "\(order.messages)")
      let page = try await TLSClient.send("GET", "/checkout/\(token)", to: port, from: "127.0.0.8", trusting: tls)
      #expect(page.status == 200 && page.answer.contains("KES 1,500"))

      let stranger = try await TLSClient.send("GET", "/console/login", to: port, from: "127.0.0.8", trusting: tls)
      #expect([403, 404].contains(stranger.status) && !stranger.answer.contains("Sign in"))
      let link = try await CommandRun(["console-link", "--state", ledger.directory])
      let code = try #require(link.data.firstMatch(of: /#(\S+)/)?.1, "\(link.messages)")
      let entered = try await TLSClient.send(
        "POST", "/console/login", body: "link=\(code)",
        headers: [("Content-Type", "application/x-www-form-urlencoded")], to: port, trusting: tls)
      let cookie = entered.answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie:") }
      #expect(entered.status == 303, "\(entered.answer)")
      #expect(cookie?.contains("; Secure") == true, "\(cookie ?? "no cookie")")
    }
  }

  @Test(arguments: ProxyProcess.Kind.allCases)
  func aBodyIsTakenUpToTheDaemonsOwnLimit(kind: ProxyProcess.Kind) async throws {
    try await use(kind) { port, certificate, ledger, _ in
      let tls = try certificate.client()
      let key = try #require(try KeyFile.existing(at: ledger.directory + "/callback.key"))
      let own =
        "/api/payments/callbacks/" + CallbackTokens(key: key).token(for: ProvenToken(TransactionID(1), nonce: nil))
      let bare = "/api/payments/callbacks"
      for (address, bytes, status) in [(own, 60_000, 200), (own, 70_000, 413), (bare, 4_096, 200), (bare, 4_097, 413)] {
        let answer = try await TLSClient.send(
          "POST", address, body: String(repeating: "x", count: bytes), to: port, from: "127.0.0.7", trusting: tls)
        #expect(answer.status == status, "\(bytes) bytes")
      }
      let stored = try await ledger.sources()
      #expect(stored.count == 2)
    }
  }

  @Test(arguments: ProxyProcess.Kind.allCases)
  func withoutTrustEverybodyIsTheProxy(kind: ProxyProcess.Kind) async throws {
    try await use(kind, trusting: "") { port, certificate, ledger, daemon in
      let answer = try await TLSClient.send(
        "POST", "/api/payments/callbacks", body: "{}", to: port, from: "127.0.0.7", trusting: certificate.client())
      #expect(answer.status == 403)
      let stored = try await ledger.sources()
      #expect(stored.isEmpty)
      #expect(daemon.said.contains("MPESA_SOURCE=127.0.0.1"))
    }
  }

  /// The worst case is a daemon that is down: proxies log the addresses of requests that they could not hand on.
  @Test(arguments: ProxyProcess.Kind.allCases)
  func noTokenIsLeftInALog(kind: ProxyProcess.Kind) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let certificate = try await ServerCertificate(in: workspace.path)
    let nobody = try await HousedDaemon.kernelChoice()
    let proxy = try await ProxyProcess(kind, before: nobody, certificate: certificate, in: workspace.path)
    try await waitUntilServing(proxy, certificate)
    let token = "456." + String(repeating: "5ec2e7", count: 6).prefix(32)
    for base in ["/api/payments/callbacks/", "/api/payments/transactions/mpesa_callback/", "/checkout/"] {
      let answer = try await TLSClient.send(
        "POST", base + token + "/", body: "{}", to: proxy.port, trusting: certificate.client())
      #expect(answer.status == 502)
    }
    try await proxy.stop()
    #expect(!proxy.said.contains("5ec2e7"), "\(proxy.said)")
  }
}
