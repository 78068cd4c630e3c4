import Payments
import Store
import Testing

@testable import Gateway

/// The gate before both callback addresses, over HTTP. The tests' client is 127.0.0.1.
@Suite(.timeLimit(.minutes(1))) struct CallbackGateTests {
  static let paths = ["/api/payments/callbacks", "/api/payments/transactions/mpesa_callback"]

  private static func rules(_ policy: CallbackPolicy, _ sources: String = "196.201.214.200") throws -> CallbackRules {
    CallbackRules(policy: policy, sources: try AddressList(parsing: sources))
  }

  @Test(arguments: paths) func whoIsNotOnTheListIsRefusedAndNothingIsStored(path: String) async throws {
    try await TestGateway.run(rules: try Self.rules(.enforce)) { gateway in
      let token = gateway.tokens.token(for: ProvenToken(TransactionID(456), nonce: Nonce(7)))
      for address in [path, path + "/\(token)/", path + "/457\(token.dropFirst(3))/"] {
        let answer = try await gateway.send("POST", address, body: "{}")
        #expect(answer.status == 403)
        #expect(answer.errorCode == "source_not_allowed")
      }
      #expect(gateway.store.deliveries.isEmpty)
      let count = try #require(gateway.gate.counts.take().first)
      #expect(count.address == "127.0.0.1" && count.deliveries == 3 && count.refused == 3)
      #expect(count.proven == 1 && count.refusedProven == 1 && count.wrongTokens == 1)
      #expect(gateway.log.lines.contains { $0.contains("error") && $0.contains("Safaricom may have a new address") })
      #expect(!gateway.log.lines.contains { $0.contains(token) })
    }
  }

  @Test(arguments: [("127.0.0.1", 200), ("127.0.0.0/8", 200), ("::1", 403), ("196.201.214.200", 403)])
  func enforcingLetsTheListIn(sources: String, status: Int) async throws {
    try await TestGateway.run(rules: try Self.rules(.enforce, sources)) { gateway in
      let answer = try await gateway.send("POST", Self.paths[0], body: "{}")
      #expect(answer.status == status)
      #expect(gateway.store.deliveries.count == (status == 200 ? 1 : 0))
    }
  }

  @Test func enforcingBehindAProxyLooksAtTheClient() async throws {
    try await TestGateway.run(proxies: "127.0.0.1", rules: try Self.rules(.enforce)) { gateway in
      for (forwarded, status) in [
        ("196.201.214.200", 200), ("203.0.113.9", 403), ("196.201.214.200, 203.0.113.9", 403), ("nonsense", 403),
      ] {
        let answer = try await gateway.send(
          "POST", Self.paths[0], headers: [("X-Forwarded-For", forwarded)], body: "{}")
        #expect(answer.status == status, "\(forwarded)")
      }
      #expect(gateway.store.deliveries.map(\.source) == ["196.201.214.200"])
    }
  }

  @Test func onlyCallbacksAreGuarded() async throws {
    try await TestGateway.run(rules: try Self.rules(.enforce)) { gateway in
      for (path, status) in [("/healthz", 200), (Self.paths[0], 405)] {
        let answer = try await gateway.send("GET", path)
        #expect(answer.status == status)
      }
    }
  }

  @Test(arguments: [CallbackPolicy.off, .log]) func otherwiseEverythingIsTaken(policy: CallbackPolicy) async throws {
    try await TestGateway.run(rules: try Self.rules(policy)) { gateway in
      let answer = try await gateway.send("POST", Self.paths[0], body: "{}")
      #expect(answer.status == 200)
      #expect(gateway.store.deliveries.count == 1)
      #expect(gateway.log.lines.contains { $0.contains("mpesa_callback_sources") } == (policy == .log))
    }
  }

  @Test func rulesAreReplacedWhileConnectionsAreOpen() async throws {
    try await TestGateway.run(rules: try Self.rules(.log)) { gateway in
      var connection = try await RawConnection.open(port: gateway.port)
      for (policy, sources, status) in [
        (CallbackPolicy.log, "", 200), (.enforce, "", 403), (.enforce, "127.0.0.1", 200), (.enforce, "10.0.0.1", 403),
        (.off, "", 200),
      ] {
        gateway.gate.rules = try Self.rules(policy, sources)
        try await connection.send(callback(Self.paths[0], body: "{}"))
        #expect(try await connection.answer().status == status)
      }
    }
  }

  @Test func whatProvesNothingHasALimitAndAValidTokenHasNone() async throws {
    // One a minute, and the tests' clock stands still.
    try await TestGateway.run(rules: try Self.rules(.log), limiter: RateLimiter(rate: 1)) { gateway in
      let token = gateway.tokens.token(for: ProvenToken(TransactionID(456), nonce: Nonce(7)))
      #expect(try await gateway.send("POST", Self.paths[0], body: "1").status == 200)
      for address in [Self.paths[0], Self.paths[1] + "/wrong"] {
        let answer = try await gateway.send("POST", address, body: "2")
        #expect(answer.status == 429)
        #expect(answer.errorCode == "rate_limited")
        #expect(answer.headers["retry-after"] == "60")
      }
      for _ in 0..<3 {
        #expect(try await gateway.send("POST", Self.paths[0] + "/\(token)", body: "3").status == 200)
      }
      #expect(gateway.store.bodies == ["1", "3", "3", "3"])
      gateway.gate.rules = try Self.rules(.log, "127.0.0.1")
      #expect(try await gateway.send("POST", Self.paths[0], body: "4").status == 200, "a listed address has no limit")
      let count = try #require(gateway.gate.counts.take().first)
      #expect(count.deliveries == 7 && count.refused == 2 && count.refusedProven == 0 && count.proven == 3)
    }
  }

  @Test func aRefusedBodyNeedNotFitAndTheConnectionGoesOn() async throws {
    try await TestGateway.run(rules: try Self.rules(.enforce)) { gateway in
      var connection = try await RawConnection.open(port: gateway.port)
      for _ in 0..<3 {
        try await connection.send(callback(Self.paths[0], body: String(repeating: "x", count: 60_000)))
        #expect(try await connection.answer().status == 403)
      }
      try await connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await connection.answer().status == 200)
    }
  }
}
