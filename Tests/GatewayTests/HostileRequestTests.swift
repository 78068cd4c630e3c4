import Gateway
import Testing

@Suite(.timeLimit(.minutes(1))) struct HostileRequestTests {
  private static let callback = "POST /api/payments/callbacks HTTP/1.1\r\nHost: x\r\n"
  private static let order = "POST /api/orders HTTP/1.1\r\nHost: x\r\n"

  @Test(arguments: [
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/2.0\r\n\r\n",
    "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
    "GET / HTTP/1.1\r\n: x\r\n\r\n",
    callback + "Content-Length: -1\r\n\r\n", callback + "Content-Length: 5x\r\n\r\n12345",
    callback + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
    callback + "Content-Length: 99999999999999999999999\r\n\r\n",
    // Two lengths that disagree are how requests are smuggled past a proxy.
    callback + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    callback + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    callback + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
    callback + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc",
    order + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc",
  ])
  func malformedRequestsAreAnsweredAndCutOff(bytes: String) async throws {
    try await TestGateway.run { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      await client.trySend(bytes)
      let answer = try await client.answer()
      #expect(answer.status == 400)
      #expect(answer.errorCode == "malformed_request")
      #expect(answer.headers["connection"] == "close")
      #expect(await client.rest() == "")
      #expect(gateway.store.deliveries.isEmpty)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000) + "\r\n\r\n",
    "GET /" + String(repeating: "a", count: 20_000) + " HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\n" + (0..<40).map { "X\($0): " + String(repeating: "a", count: 500) + "\r\n" }.joined() + "\r\n",
    "GET / HTTP/1.1\r\n" + (0..<101).map { "X\($0): a\r\n" }.joined() + "\r\n",
    callback + (0..<200).map { "X\($0): a\r\n" }.joined() + "Content-Length: 2\r\n\r\n{}",
  ])
  func headersHaveLimits(bytes: String) async throws {
    try await TestGateway.run { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      await client.trySend(bytes)
      let answer = try await client.answer()
      #expect(answer.status == 431)
      #expect(answer.errorCode == "headers_too_large")
      #expect(await client.rest() == "")
    }
  }

  @Test func whatCameBeforeTheBrokenRequestIsAnsweredFirst() async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(.holding)
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(
        Self.callback + "Content-Length: 2\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n")
      await gateway.store.waitForDeliveries(1)
      gateway.store.release()
      #expect(try await client.answer().status == 200)
      #expect(try await client.answer().body.contains("ok"))
      #expect(try await client.answer().status == 400)
      #expect(await client.rest() == "")
    }
  }

  @Test func aRequestThatEndsTooEarlyIsNotStored() async throws {
    try await TestGateway.run { gateway in
      for head in [Self.callback, Self.order] {
        var client = try await RawConnection.open(port: gateway.port)
        try await client.send(head + "Content-Length: 10\r\n\r\nhalf")
        try await client.closeOutput()
        // The router may refuse a request without a token before it has seen the end of its body.
        let status = await client.rest().prefix(12)
        #expect(status == "HTTP/1.1 400" || (head == Self.order && status == "HTTP/1.1 401"))
      }
      #expect(gateway.store.deliveries.isEmpty)
    }
  }

  @Test func aClientThatHangsUpInTheMiddleIsNoErrorOfOurs() async throws {
    var store: FakeStore?
    var log: LogCollector?
    try await TestGateway.run { gateway in
      store = gateway.store
      log = gateway.log
      let token = try await TestGateway.token()
      for _ in 0..<20 {
        let client = try await RawConnection.open(port: gateway.port)
        try await client.send(
          "POST /api/orders HTTP/1.1\r\nHost: x\r\nAuthorization: JWT \(token)\r\nContent-Type: application/json\r\n"
            + "Content-Length: 40\r\n\r\n{\"amount\":\"1\",\"reference\":\"x\"}")
        await client.close()
      }
    }
    #expect(store?.orders.isEmpty == true)
    #expect(log?.lines.contains { $0.hasPrefix("error") } == false)
  }

  @Test func theServerStandsAfterRandomBytes() async throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(state: seed)
    try await TestGateway.run { gateway in
      for _ in 0..<60 {
        let pieces = [
          Self.callback, "Content-Length: ", "\r\n", "\r\n\r\n", "Transfer-Encoding: chunked", "0", "7", "x", ":", " ",
          "\u{0}", "GET ", "é",
        ]
        let bytes = (0..<Int.random(in: 1...20, using: &random)).compactMap { _ in pieces.randomElement(using: &random)
        }
        var client = try await RawConnection.open(port: gateway.port)
        await client.trySend(bytes.joined())
        try? await client.closeOutput()
        _ = await client.rest()
      }
      #expect(try await gateway.send("GET", "/healthz").status == 200, "seed \(seed)")
    }
  }

  private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
