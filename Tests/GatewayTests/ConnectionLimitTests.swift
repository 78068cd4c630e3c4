import Gateway
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionLimitTests {
  @Test func beyondTheLimitClientsWaitAndAreServedWhenThereIsRoom() async throws {
    try await TestGateway.run(limits: GatewayLimits(connections: 2)) { gateway in
      gateway.store.set(.holding)
      var busy: [RawConnection] = []
      for number in 0..<2 {
        busy.append(try await RawConnection.open(port: gateway.port))
        try await busy[number].send(callback("/api/payments/callbacks", body: "\(number)"))
      }
      await gateway.store.waitForDeliveries(2)
      // The kernel completes this connection; nobody accepts it yet.
      var waiting = try await RawConnection.open(port: gateway.port)
      try await waiting.send(callback("/api/payments/callbacks", body: "2"))
      try await Task.sleep(for: .milliseconds(200))
      #expect(gateway.store.bodies.sorted() == ["0", "1"])
      #expect(gateway.log.lines.contains { $0.contains("Connection limit reached") })
      gateway.store.set(.storing)
      gateway.store.release()
      #expect(try await busy[0].answer().status == 200)
      await busy[0].close()
      #expect(try await waiting.answer().status == 200)
      #expect(gateway.store.deliveries.count == 3)
    }
  }

  @Test func aLimitThatIsRaisedLetsThoseInWhoWait() async throws {
    try await TestGateway.run(limits: GatewayLimits(connections: 1)) { gateway in
      gateway.store.set(.holding)
      var busy = try await RawConnection.open(port: gateway.port)
      try await busy.send(callback("/api/payments/callbacks", body: "0"))
      await gateway.store.waitForDeliveries(1)
      var waiting = try await RawConnection.open(port: gateway.port)
      try await waiting.send(callback("/api/payments/callbacks", body: "1"))
      try await Task.sleep(for: .milliseconds(200))
      #expect(gateway.store.bodies == ["0"])
      gateway.gateway.limitConnections(to: 2)
      await gateway.store.waitForDeliveries(2)
      gateway.store.set(.storing)
      gateway.store.release()
      #expect(try await waiting.answer().status == 200)
      #expect(try await busy.answer().status == 200)
    }
  }

  @Test func connectionsThatAreMerelyKeptAliveMakeRoom() async throws {
    let deadlines = GatewayDeadlines(
      idleWhenFull: .milliseconds(100), linger: .milliseconds(100), drainNotice: .milliseconds(10))
    try await TestGateway.run(limits: GatewayLimits(connections: 2), deadlines: deadlines) { gateway in
      var idle: [RawConnection] = []
      for number in 0..<2 {
        idle.append(try await RawConnection.open(port: gateway.port))
        try await idle[number].send(callback("/api/payments/callbacks", body: "\(number)"))
        #expect(try await idle[number].answer().status == 200)
      }
      var waiting = try await RawConnection.open(port: gateway.port)
      try await waiting.send(callback("/api/payments/callbacks", body: "2"))
      #expect(try await waiting.answer().status == 200)
    }
  }
}
