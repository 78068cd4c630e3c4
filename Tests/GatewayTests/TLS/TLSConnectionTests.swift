import Gateway
import NIOCore
import NIOSSL
import Testing

@Suite(.enabled(if: Certificates.canBeMade, "needs the openssl program"), .timeLimit(.minutes(1)))
struct TLSConnectionTests {
  private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

  private func run(
    deadlines: GatewayDeadlines = .quickDrain, _ body: (TestGateway, Certificates) async throws -> Void
  ) async throws {
    let files = try Certificates()
    try await files.renew()
    try await TestGateway.run(deadlines: deadlines, tls: files) { try await body($0, files) }
  }

  @Test func callbacksAndTheAPIAreServedOverTLS() async throws {
    try await run { gateway, files in
      let client = try files.client { $0.applicationProtocols = ["h2", "http/1.1"] }
      var connection = try await RawConnection.open(port: gateway.port, tls: client)
      for _ in 0..<3 {
        try await connection.send(callback("/api/payments/callbacks", body: "{}"))
        #expect(try await connection.answer().status == 200)
        try await connection.send(Self.health)
        #expect(try await connection.answer().status == 200)
      }
      let spoken = try await connection.channel.eventLoop.submit { [channel = connection.channel] in
        try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self).tlsVersion
      }.get()
      #expect(spoken == .tlsv13)
      #expect(gateway.store.bodies == ["{}", "{}", "{}"])
      #expect(gateway.store.deliveries.allSatisfy { $0.source == "127.0.0.1" })
    }
  }

  @Test(arguments: [(TLSVersion.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true)])
  func withdrawnVersionsAreRefused(version: TLSVersion, served: Bool) async throws {
    try await run { gateway, files in
      let client = try files.client {
        $0.minimumTLSVersion = version
        $0.maximumTLSVersion = version
      }
      var connection = try await RawConnection.open(port: gateway.port, tls: client)
      await connection.trySend(Self.health)
      #expect((try? await connection.answer().status == 200) == (served ? true : nil))
    }
  }

  @Test(arguments: ["\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", callback("/api/payments/callbacks", body: "x")])
  func whoSpeaksPlainHTTPIsClosedAndHurtsNobody(bytes: String) async throws {
    try await run(deadlines: .short) { gateway, files in
      var plain = try await RawConnection.open(port: gateway.port)
      await plain.trySend(bytes)
      #expect(await !plain.rest().contains("HTTP/1.1 200"))
      #expect(gateway.store.deliveries.isEmpty)
      var connection = try await RawConnection.open(port: gateway.port, tls: try files.client())
      try await connection.send(Self.health)
      #expect(try await connection.answer().status == 200)
    }
  }

  /// A record of TLS that announces 512 bytes of which few come: the handshake never gets anywhere.
  @Test(arguments: [[], [0x16], [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]] as [[UInt8]])
  func aHandshakeThatNeverEndsIsCutLikeAHeaderThatNeverEnds(begin: [UInt8]) async throws {
    try await run(deadlines: .short) { gateway, _ in
      let clock = ContinuousClock()
      let opened = clock.now
      var connection = try await RawConnection.open(port: gateway.port)
      if !begin.isEmpty { try await connection.channel.writeAndFlush(ByteBuffer(bytes: begin)) }
      let dripping = Task { [channel = connection.channel] in
        // Fewer bytes are no record yet, and a wrong one would end the handshake.
        while !Task.isCancelled, begin.count > 5 {
          try? await channel.writeAndFlush(ByteBuffer(bytes: [0]))
          try? await Task.sleep(for: .milliseconds(20))
        }
      }
      _ = await connection.rest()
      let took = clock.now - opened
      dripping.cancel()
      #expect(took > .milliseconds(990) && took < .seconds(20))
    }
  }

  @Test func stoppingDoesNotWaitForHandshakes() async throws {
    var took = Duration.zero
    try await run { gateway, _ in
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.channel.writeAndFlush(ByteBuffer(bytes: [0x16]))
      // The deadline of the handshake is five seconds, that of stopping twenty.
      took = await ContinuousClock().measure {
        await gateway.services.triggerGracefulShutdown()
        #expect(await connection.rest() == "")
      }
    }
    #expect(took < .seconds(4))
  }

  @Test func connectionsEndInOrder() async throws {
    try await run { gateway, files in
      let client = try files.client()
      var asked = try await RawConnection.open(port: gateway.port, tls: client)
      try await asked.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(try await asked.answer().status == 200)
      #expect(await asked.rest() == "")
      // A client may close its side behind its request, with TLS's goodbye.
      var half = try await RawConnection.open(port: gateway.port, tls: client)
      try await half.send(callback("/api/payments/callbacks", body: "half"))
      try await half.closeOutput()
      #expect(try await half.answer().status == 200)
      #expect(await half.rest() == "")
      var tooLarge = try await RawConnection.open(port: gateway.port, tls: client)
      await tooLarge.trySend(callback("/api/payments/callbacks", body: String(repeating: "x", count: 200_000)))
      #expect(try await tooLarge.answer().status == 413)
    }
  }

  @Test func aRenewedCertificateIsForNewConnectionsAndOpenOnesGoOn() async throws {
    try await run { gateway, files in
      let trustingTheOld = try files.client()
      var open = try await RawConnection.open(port: gateway.port, tls: trustingTheOld)
      try await open.send(Self.health)
      #expect(try await open.answer().status == 200)
      try await files.renew()
      try gateway.renew(files)
      let trustingTheNew = try files.client()
      try await open.send(Self.health)
      #expect(try await open.answer().status == 200)
      for (client, served) in [(trustingTheNew, true), (trustingTheOld, false)] {
        var new = try await RawConnection.open(port: gateway.port, tls: client)
        await new.trySend(Self.health)
        #expect((try? await new.answer().status == 200) == (served ? true : nil))
      }
    }
  }

  @Test func renewingUnderLoadFailsNobody() async throws {
    let clients = 8
    let requests = 60
    try await run { gateway, files in
      let pairs = (0..<4).map { number in
        (certificate: "\(files.directory)/\(number).pem", key: "\(files.directory)/\(number).key")
      }
      for pair in pairs { try await files.make(certificate: pair.certificate, key: pair.key) }
      try files.install(pairs[0])
      try gateway.renew(files)
      let trusted = try pairs.flatMap { try NIOSSLCertificate.fromPEMFile($0.certificate) }
      let client = try files.client { $0.trustRoots = .certificates(trusted) }
      let renewing = Task {
        var renewals = 0
        while !Task.isCancelled {
          try files.install(pairs[renewals % pairs.count])
          try gateway.renew(files)
          renewals += 1
          try? await Task.sleep(for: .milliseconds(20))
        }
        return renewals
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<clients {
          group.addTask { try await Self.post(requests, as: number, to: gateway.port, client) }
        }
        try await group.waitForAll()
      }
      renewing.cancel()
      #expect(try await renewing.value > pairs.count)
      #expect(Set(gateway.store.bodies).count == clients * requests, "each was answered 200 and is there")
      #expect(gateway.store.bodies.count == clients * requests)
    }
  }

  /// Posts callbacks, ten on each connection.
  private static func post(_ count: Int, as client: Int, to port: Int, _ tls: NIOSSLContext) async throws {
    for start in stride(from: 0, to: count, by: 10) {
      var connection = try await RawConnection.open(port: port, tls: tls)
      for number in start..<min(start + 10, count) {
        try await connection.send(callback("/api/payments/callbacks", body: "\(client)/\(number)"))
        #expect(try await connection.answer().status == 200)
      }
      await connection.close()
    }
  }
}
