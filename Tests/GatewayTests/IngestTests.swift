import Daraja
import NIOCore
import Payments
import Store
import Testing

@Suite(.timeLimit(.minutes(1))) struct IngestTests {
  private static let accepted = #"{"ResultCode":0,"ResultDesc":"Accepted"}"#

  @Test(arguments: [
    "/api/payments/transactions/mpesa_callback/", "/api/payments/transactions/mpesa_callback",
    "/api/payments/callbacks/",
    "/api/payments/callbacks",
  ])
  func aCallbackIsStoredAsItCame(path: String) async throws {
    try await TestGateway.run { gateway in
      // Not JSON, and of a strange type: bytes are kept, not judged.
      let body = "{\"Body\":{\"raw\nline feed\": \u{1F4B0}"
      let answer = try await gateway.send("POST", path, body: body, contentType: "text/xml")
      #expect(answer.status == 200)
      #expect(answer.body == Self.accepted)
      #expect(answer.headers["content-type"] == "application/json")
      let delivery = try #require(gateway.store.deliveries.first)
      #expect(String(buffer: delivery.body) == body)
      #expect(delivery.receivedAt == TestGateway.now)
      #expect(delivery.source == "127.0.0.1")
      #expect(delivery.token == nil)
    }
  }

  @Test func aTokenInTheAddressProvesItsTransaction() async throws {
    try await TestGateway.run { gateway in
      let token = gateway.tokens.token(for: ProvenToken(TransactionID(456), nonce: Nonce(7)))
      for path in ["/api/payments/callbacks/\(token)", "/api/payments/transactions/mpesa_callback/\(token)/"] {
        let answer = try await gateway.send("POST", path, body: "{}")
        #expect(answer.body == Self.accepted)
      }
      let proven = ProvenToken(TransactionID(456), nonce: Nonce(7))
      #expect(gateway.store.deliveries.map(\.token) == [proven, proven])
    }
  }

  @Test func aWrongTokenLearnsNothingAndLosesNothing() async throws {
    try await TestGateway.run { gateway in
      let token = gateway.tokens.token(for: ProvenToken(TransactionID(456), nonce: Nonce(7)))
      let right = try await gateway.send("POST", "/api/payments/callbacks/\(token)", body: "right")
      for wrong in ["457" + token.dropFirst(3), token.uppercased(), "x", "456.", String(repeating: "9", count: 5_000)] {
        let answer = try await gateway.send("POST", "/api/payments/callbacks/\(wrong)", body: "wrong")
        #expect(answer.status == right.status)
        #expect(answer.headers == right.headers)
        #expect(answer.body == right.body)
      }
      #expect(gateway.store.deliveries.filter { $0.token == nil }.count == 5)
      #expect(gateway.log.lines.filter { $0.contains("notice") }.count == 1, "one line a second is enough")
    }
  }

  @Test func nothingIsAnsweredBeforeItIsDurable() async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(.holding)
      var client = try await RawConnection.open(port: gateway.port)
      // The second request is answered by the same event loop or not, but the first never before its commit.
      try await client.send(callback("/api/payments/callbacks", body: "1"))
      await gateway.store.waitForDeliveries(1)
      #expect(try await gateway.send("GET", "/healthz").status == 200)
      #expect(client.hasNothing)
      gateway.store.release()
      #expect(try await client.answer().body == Self.accepted)
    }
  }

  @Test(arguments: [
    (StoreError.overloaded, "store_overloaded", "1"), (.unavailable(detail: "disk full"), "store_unavailable", "10"),
    (.closed, "stopping", "2"),
  ])
  func whatCannotBeMadeDurableIsNotAccepted(error: StoreError, code: String, retryAfter: String) async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(.failing(error))
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(callback("/api/payments/callbacks", body: "{}"))
      let answer = try await client.answer()
      #expect(answer.status == 503)
      #expect(answer.errorCode == code)
      #expect(answer.headers["retry-after"] == retryAfter)
      // The connection is as good as before.
      gateway.store.set(.storing)
      try await client.send(callback("/api/payments/callbacks", body: "{}"))
      #expect(try await client.answer().body == Self.accepted)
    }
  }

  /// To which address, and up to how many bytes.
  enum Address: CaseIterable {
    case own, bare, wrongToken

    var limit: Int { self == .own ? 65_536 : 4_096 }

    func path(_ tokens: CallbackTokens) -> String {
      switch self {
      case .own: "/api/payments/callbacks/\(tokens.token(for: ProvenToken(TransactionID(456), nonce: Nonce(7))))"
      case .bare: "/api/payments/callbacks"
      case .wrongToken: "/api/payments/callbacks/456.0123456789abcdef0123456789abcdef"
      }
    }
  }

  @Test(
    arguments: Address.allCases, [0, 1, 4_096, 4_097, 65_536, 65_537, 200_000].flatMap { [($0, false), ($0, true)] })
  func bodiesUpToWhatTheAddressProves(address: Address, body: (size: Int, chunked: Bool)) async throws {
    let (size, chunked) = body
    try await TestGateway.run { gateway in
      let body = String(repeating: "x", count: size)
      var client = try await RawConnection.open(port: gateway.port)
      let head = "POST \(address.path(gateway.tokens)) HTTP/1.1\r\nHost: x\r\n"
      if chunked {
        try await client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
        var rest = body[...]
        while !rest.isEmpty {
          let chunk = rest.prefix(30_000)
          await client.trySend("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n")
          rest = rest.dropFirst(30_000)
        }
        await client.trySend("0\r\n\r\n")
      } else {
        await client.trySend(head + "Content-Length: \(size)\r\n\r\n" + body)
      }
      let answer = try await client.answer()
      if size <= address.limit {
        #expect(answer.body == Self.accepted)
        #expect(gateway.store.bodies == [body])
      } else {
        #expect(answer.status == 413)
        #expect(answer.errorCode == "body_too_large")
        #expect(
          answer.body.contains("\(address.limit) bytes") && answer.body.contains("proves nothing") == (address != .own))
        #expect(answer.headers["connection"] == "close")
        #expect(await client.rest() == "")
        #expect(gateway.store.deliveries.isEmpty)
      }
    }
  }

  @Test func aBodyInManyPiecesIsOneBody() async throws {
    try await TestGateway.run { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      for piece in [
        "POST /api/paym", "ents/callbacks HTTP/1.1\r\nHost: x\r\nContent-Le", "ngth: 6\r\n\r\n", "a", "bc", "def",
      ] {
        try await client.send(piece)
      }
      #expect(try await client.answer().body == Self.accepted)
      #expect(gateway.store.bodies == ["abcdef"])
    }
  }

  @Test func aClientThatAsksFirstIsToldToGoOn() async throws {
    try await TestGateway.run { gateway in
      var client = try await RawConnection.open(port: gateway.port)
      try await client.send(
        "POST /api/payments/callbacks HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try await client.answer().status == 100)
      try await client.send("{}")
      #expect(try await client.answer().status == 200)
      try await client.send(
        "POST /api/payments/callbacks HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4097\r\n\r\n")
      #expect(try await client.answer().status == 413, "before any byte of it was asked for")
    }
  }

  @Test(arguments: [
    ("HTTP/1.1", "", "keep"), ("HTTP/1.1", "Connection: close\r\n", "close"),
    ("HTTP/1.1", "Connection: Close, x\r\n", "close"),
    ("HTTP/1.0", "", "close"), ("HTTP/1.0", "Connection: keep-alive\r\n", "keep-alive"),
    ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n", "close"),
  ])
  func connectionsAreKeptAsTheClientWants(version: String, header: String, kept: String) async throws {
    try await TestGateway.run { gateway in
      for (request, status) in [
        ("POST /api/payments/callbacks \(version)\r\nHost: x\r\n\(header)Content-Length: 2\r\n\r\n{}", 200),
        ("GET /nothing \(version)\r\nHost: x\r\n\(header)\r\n", 404),
      ] {
        var client = try await RawConnection.open(port: gateway.port)
        try await client.send(request)
        let answer = try await client.answer()
        #expect(answer.status == status)
        switch kept {
        case "close":
          #expect(answer.headers["connection"] == "close")
          #expect(await client.rest() == "")
        default:
          #expect(answer.headers["connection"] == (kept == "keep" ? nil : kept))
          try await client.send(request)
          #expect(try await client.answer().status == status)
        }
        await client.close()
      }
    }
  }

  @Test func aClientMayCloseItsSideBehindItsRequest() async throws {
    try await TestGateway.run { gateway in
      for (request, status) in [
        (callback("/api/payments/callbacks", body: "x"), 200), ("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200),
      ] {
        var client = try await RawConnection.open(port: gateway.port)
        try await client.send(request)
        try await client.closeOutput()
        #expect(try await client.answer().status == status)
        #expect(await client.rest() == "")
      }
    }
  }

  @Test func aClientThatHangsUpBeforeTheAnswerHurtsNobody() async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(.holding)
      for _ in 0..<10 {
        let client = try await RawConnection.open(port: gateway.port)
        try await client.send(callback("/api/payments/callbacks", body: "x"))
        await client.close()
      }
      await gateway.store.waitForDeliveries(10)
      gateway.store.release()
      gateway.store.set(.storing)
      #expect(try await gateway.send("POST", "/api/payments/callbacks", body: "{}").body == Self.accepted)
    }
  }

  @Test func twoHundredClientsAreServedAtOnceAndNothingIsLostOrDoubled() async throws {
    try await TestGateway.run { gateway in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<200 {
          group.addTask {
            var connection = try await RawConnection.open(port: gateway.port)
            for number in 0..<50 {
              try await connection.send(callback("/api/payments/callbacks", body: "\(client)/\(number)"))
              #expect(try await connection.answer().body == Self.accepted)
            }
            await connection.close()
          }
        }
        try await group.waitForAll()
      }
      #expect(gateway.store.deliveries.count == 10_000)
      #expect(Set(gateway.store.bodies).count == 10_000)
    }
  }
}

/// A callback as bytes.
func callback(_ path: String, body: String, headers: String = "") -> String {
  "POST \(path) HTTP/1.1\r\nHost: x\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
