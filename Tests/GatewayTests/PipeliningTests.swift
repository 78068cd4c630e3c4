import Payments
import Testing

@Suite(.timeLimit(.minutes(1))) struct PipeliningTests {
  private static let get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

  /// What an answer is to, told from its body.
  private func kind(_ answer: Answer) -> Character {
    if answer.body.contains("Accepted") { return "c" }
    if answer.body == #"{"status":"ok"}"# { return "g" }
    return answer.status == 405 ? "m" : answer.status == 404 ? "n" : "?"
  }

  @Test(arguments: ["cg", "gc", "ccgg", "gcgcgcgc", "cmgnc", "mmgcn", "ggggggggggggggggccccccccccccccccccgggg"])
  func answersComeInTheOrderOfTheRequests(order: String) async throws {
    try await TestGateway.run { gateway in
      let requests: [Character: String] = [
        "c": callback("/api/payments/callbacks", body: "x"), "g": Self.get,
        "m": "DELETE /api/payments/callbacks HTTP/1.1\r\nHost: x\r\n\r\n",
        "n": "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
      ]
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(order.compactMap { requests[$0] }.joined())
      for expected in order { #expect(kind(try await client.answer()) == expected) }
    }
  }

  @Test func aSlowCommitHoldsBackWhatIsBehindIt() async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(.holding)
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(
        callback("/api/payments/callbacks", body: "1") + Self.get + callback("/api/payments/callbacks", body: "2"))
      await gateway.store.waitForDeliveries(1)
      #expect(gateway.store.bodies == ["1"], "one delivery of a connection is in the store at a time")
      gateway.store.set(.storing)
      gateway.store.release()
      var kinds = ""
      for _ in 0..<3 { kinds.append(kind(try await client.answer())) }
      #expect(kinds == "cgc")
      #expect(gateway.store.bodies == ["1", "2"])
    }
  }

  @Test func aSlowRouteHoldsBackTheCallbackBehindIt() async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example())
      let (asked, ask) = AsyncStream<Void>.makeStream()
      let (released, release) = AsyncStream<Void>.makeStream()
      gateway.asking.onAsk { _ in
        ask.yield()
        for await _ in released { break }
      }
      var client = try await RawConnection.open(port: gateway.port)
      let token = try await TestGateway.token()
      try await client.send(
        "GET /api/payments/transactions/456/check_mpesa_status HTTP/1.1\r\nHost: x\r\nAuthorization: JWT \(token)\r\n\r\n"
          + callback("/api/payments/callbacks", body: "1"))
      for await _ in asked { break }
      #expect(client.hasNothing)
      release.yield()
      #expect(try await client.answer().body.contains("pending"))
      #expect(kind(try await client.answer()) == "c")
    }
  }

  @Test func moreThanMayBeHeldIsLeftInTheKernelAndServedLater() async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(.holding)
      var client = try await RawConnection.open(port: gateway.port)
      let body = String(repeating: "x", count: 10_000)
      let address =
        "/api/payments/callbacks/" + gateway.tokens.token(for: ProvenToken(TransactionID(456), nonce: Nonce(7)))
      let sending = Task { [sender = client.sender] in
        for _ in 0..<1_000 { try await sender.send(callback(address, body: body)) }
      }
      await gateway.store.waitForDeliveries(1)
      gateway.store.set(.storing)
      gateway.store.release()
      for _ in 0..<1_000 { #expect(kind(try await client.answer()) == "c") }
      try await sending.value
      #expect(gateway.store.deliveries.count == 1_000)
    }
  }

  @Test func aRequestBehindTheLastOneIsNotServed() async throws {
    try await TestGateway.run { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(
        callback("/api/payments/callbacks", body: "1", headers: "Connection: close\r\n")
          + callback("/api/payments/callbacks", body: "2"))
      #expect(kind(try await client.answer()) == "c")
      #expect(await client.rest() == "")
      #expect(gateway.store.bodies == ["1"])
    }
  }
}
