import Crypto
import Gateway
import NIOPosix
import Payments
import Reconciliation
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct DrainTests {
  @Test func requestsInFlightAreAnsweredAndNobodyIsToldToStay() async throws {
    let deadlines = GatewayDeadlines(linger: .milliseconds(100), drainNotice: .milliseconds(300))
    try await TestGateway.run(deadlines: deadlines) { gateway in
      gateway.store.set(.holding)
      var inFlight = try await RawConnection.open(port: gateway.port)
      try await inFlight.send(callback("/api/payments/callbacks", body: "1"))
      await gateway.store.waitForDeliveries(1)
      var keptAlive = try await RawConnection.open(port: gateway.port)
      try await keptAlive.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await keptAlive.answer().headers["connection"] == nil)
      var idle = try await RawConnection.open(port: gateway.port)
      try await idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await idle.answer()

      await gateway.services.triggerGracefulShutdown()
      // The listening socket goes first.
      while (try? await RawConnection.open(port: gateway.port)) != nil { await Task.yield() }
      // A kept connection may still be used for a moment, and is told that this was the last time.
      try await keptAlive.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await keptAlive.answer().headers["connection"] == "close")
      #expect(await keptAlive.rest() == "")
      #expect(await idle.rest() == "", "closed after the notice")
      gateway.store.release()
      let last = try await inFlight.answer()
      #expect(last.status == 200)
      #expect(last.headers["connection"] == "close")
      #expect(await inFlight.rest() == "")
    }
  }

  @Test func aRequestThatNeverEndsDoesNotHoldUpTheShutdown() async throws {
    let deadlines = GatewayDeadlines(drainNotice: .milliseconds(10), drainLimit: .milliseconds(200))
    let clock = ContinuousClock()
    var began = clock.now
    try await TestGateway.run(deadlines: deadlines) { gateway in
      gateway.store.add(try .example())
      let (asked, ask) = AsyncStream<Void>.makeStream()
      gateway.asking.onAsk { _ in
        ask.yield()
        try? await Task.sleep(for: .seconds(3))
      }
      let client = try await RawConnection.open(port: gateway.port)
      let token = try await TestGateway.token()
      try await client.send(
        "GET /api/payments/transactions/456/check_mpesa_status HTTP/1.1\r\nHost: x\r\nAuthorization: JWT \(token)\r\n\r\n"
      )
      for await _ in asked { break }
      began = clock.now
    }
    #expect(clock.now - began < .seconds(10))
  }

  @Test func cancellingEndsItToo() async throws {
    let gateway = Gateway(
      configuration: GatewayConfiguration(port: 0), store: FakeStore(), prompting: FakePrompting(),
      asking: FakeAsking(),
      tokens: CallbackTokens(key: CallbackTokens.newKey()), gate: .open,
      authenticator: try await Authenticator(secret: TestGateway.secret, now: { 0 }),
      idempotency: FakeKeys(orders: FakeStore()),
      timing: Timing(now: { 0 }),
      logger: LogCollector().logger, group: MultiThreadedEventLoopGroup.singleton)
    let running = Task { try await gateway.run() }
    var client = try await RawConnection.open(port: try await gateway.port())
    running.cancel()
    #expect(await client.rest() == "")
    try await running.value
  }

  @Test func aTakenPortIsAClearError() async throws {
    try await TestGateway.run { first in
      let second = Gateway(
        configuration: GatewayConfiguration(port: first.port), store: FakeStore(), prompting: FakePrompting(),
        asking: FakeAsking(), tokens: CallbackTokens(key: CallbackTokens.newKey()), gate: .open,
        authenticator: try await Authenticator(secret: TestGateway.secret, now: { 0 }),
        idempotency: FakeKeys(orders: FakeStore()),
        timing: Timing(now: { 0 }),
        logger: LogCollector().logger, group: MultiThreadedEventLoopGroup.singleton)
      let error = await #expect(throws: GatewayError.self) { try await second.run() }
      #expect(error?.description.contains("127.0.0.1:\(first.port)") == true)
      await #expect(throws: GatewayError.self) { try await second.port() }
    }
  }

  @Test func aSocketThatListensAlreadyIsTakenOver() async throws {
    // A socket as a service manager hands it over.
    let descriptor = try ListeningSocket.open()
    let store = FakeStore()
    let gateway = Gateway(
      configuration: GatewayConfiguration(port: 1, listeningDescriptors: [descriptor]), store: store,
      prompting: FakePrompting(), asking: FakeAsking(), tokens: CallbackTokens(key: CallbackTokens.newKey()),
      gate: .open,
      authenticator: try await Authenticator(secret: TestGateway.secret, now: { 0 }),
      idempotency: FakeKeys(orders: FakeStore()),
      timing: Timing(now: { 0 }),
      logger: LogCollector().logger, group: MultiThreadedEventLoopGroup.singleton)
    let running = Task { try await gateway.run() }
    var client = try await RawConnection.open(port: try await gateway.port())
    try await client.send(callback("/api/payments/callbacks", body: "x"))
    #expect(try await client.answer().status == 200)
    running.cancel()
    try await running.value
    #expect(store.bodies == ["x"])
  }
}
