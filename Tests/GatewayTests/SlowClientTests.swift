import Gateway
import Testing

@Suite(.timeLimit(.minutes(1))) struct SlowClientTests {
  /// Runs `body` and says how long it took.
  private func time(_ body: () async throws -> Void) async rethrows -> Duration {
    try await ContinuousClock().measure(body)
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost", "POST /api/payments/callbacks HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
    "POST /api/orders HTTP/1.1\r\nHost: x\r\nAuthorization: JWT TOKEN\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
  ])
  func unfinishedRequestsAreTold(bytes: String) async throws {
    try await TestGateway.run(deadlines: .short) { gateway in
      let token = try await TestGateway.token()
      let took = try await time {
        var client = try await RawConnection.open(port: gateway.port)
        try await client.send(bytes.replacing("TOKEN", with: token))
        let answer = try await client.answer()
        #expect(answer.status == 408)
        #expect(answer.errorCode == "request_timeout")
        #expect(answer.headers["connection"] == "close")
        #expect(await client.rest() == "")
      }
      #expect(took > .milliseconds(990) && took < .seconds(20))
      #expect(gateway.store.deliveries.isEmpty)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nX: ", "POST /api/payments/callbacks HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n",
  ])
  func aDripDoesNotBuyTime(start: String) async throws {
    try await TestGateway.run(deadlines: .short) { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(start)
      let dripping = Task { [sender = client.sender] in
        while !Task.isCancelled {
          try? await sender.send("x")
          try? await Task.sleep(for: .milliseconds(20))
        }
      }
      let took = await time { #expect(await client.rest().hasPrefix("HTTP/1.1 408")) }
      dripping.cancel()
      #expect(took < .seconds(20))
    }
  }

  @Test func halfARequestIsNotActedOnEvenIfItLooksWhole() async throws {
    var store: FakeStore?
    try await TestGateway.run(deadlines: .short) { gateway in
      store = gateway.store
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(
        "POST /api/orders HTTP/1.1\r\nHost: x\r\nAuthorization: JWT \(try await TestGateway.token())\r\n"
          + "Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"amount\":\"1\",\"reference\":\"x\"}")
      #expect(await client.rest().hasPrefix("HTTP/1.1 408"))
    }
    #expect(store?.orders.isEmpty == true)
  }

  @Test func aSilentConnectionIsClosedWithoutAWord() async throws {
    try await TestGateway.run(deadlines: .short) { gateway in
      let took = try await time {
        var client = try await RawConnection.open(port: gateway.port)
        #expect(await client.rest() == "")
      }
      #expect(took > .milliseconds(990) && took < .seconds(20))
    }
  }

  @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
    try await TestGateway.run(deadlines: .short) { gateway in
      let took = try await time {
        var client = try await RawConnection.open(port: gateway.port)
        try await client.send(callback("/api/payments/callbacks", body: "x"))
        #expect(try await client.answer().status == 200)
        #expect(await client.rest() == "")
      }
      #expect(took > .milliseconds(2_990) && took < .seconds(20))
    }
  }

  @Test func aClientThatWaitsForItsAnswerIsNotCut() async throws {
    try await TestGateway.run(deadlines: .short) { gateway in
      gateway.store.set(.holding)
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(callback("/api/payments/callbacks", body: "x"))
      await gateway.store.waitForDeliveries(1)
      try await Task.sleep(for: .milliseconds(3_500))
      gateway.store.release()
      #expect(try await client.answer().status == 200)
    }
  }

  @Test(arguments: ["GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", callback("/api/payments/callbacks", body: "x")])
  func aClientThatTakesNoAnswersIsCut(request: String) async throws {
    try await TestGateway.run(deadlines: .short) { gateway in
      let client = try await RawConnection.open(port: gateway.port, receiveBuffer: 4_096)
      try await client.setReading(false)
      let many = String(repeating: request, count: 500)
      // Far more answers than the kernel's buffers hold: the server stops reading, then its patience ends, and with it
      // the connection.
      let took = await time {
        await #expect(throws: (any Error).self) {
          for _ in 0..<400 { try await client.send(many) }
        }
      }
      // The upper bound only tells "cut" from "never cut": on a busy machine the filling of the buffers alone takes long.
      #expect(took > .milliseconds(990) && took < .seconds(180))
      await client.close()
      #expect(try await gateway.send("GET", "/healthz").status == 200)
    }
  }
}
