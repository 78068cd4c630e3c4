import NIOCore
import Testing

@testable import Gateway

@Suite struct ClientAddressTests {
  @Test(arguments: [
    ("196.201.214.200", "196.201.214.200"), ("::1", "::1"), ("::ffff:196.201.214.200", "196.201.214.200"),
    ("2001:db8::1", "2001:db8::1"),
  ])
  func aPeerIsNamedByItsAddress(address: String, text: String) throws {
    #expect(ClientAddress(peer: try SocketAddress(ipAddress: address, port: 4_711)).description == text)
  }

  @Test func aUnixSocketHasNoAddressAndAPeerThatIsGoneNoneAnyMore() throws {
    #expect(ClientAddress(peer: try SocketAddress(unixDomainSocketPath: "/x")).description == "local")
    #expect(ClientAddress(peer: nil).description == "unknown")
  }

  /// The peer, the X-Forwarded-For fields in order, and who is found with the proxies 10.0.0.0/8, ::1 and local.
  static let table: [(String, [String], String)] = [
    // Nobody's word is taken but a proxy's.
    ("203.0.113.9", ["196.201.214.200"], "203.0.113.9"),
    ("10.0.0.1", [], "10.0.0.1"),
    ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
    ("::1", ["203.0.113.9"], "203.0.113.9"),
    ("local", ["203.0.113.9"], "203.0.113.9"),
    ("unknown", ["203.0.113.9"], "unknown"),
    // What stands left of the last untrusted hop was written by anybody.
    ("10.0.0.1", ["196.201.214.200, 203.0.113.9"], "203.0.113.9"),
    ("10.0.0.1", ["196.201.214.200", "203.0.113.9"], "203.0.113.9"),
    ("10.0.0.1", ["196.201.214.200, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
    ("10.0.0.1", ["196.201.214.200,203.0.113.9", "10.0.0.7 ,10.0.0.8"], "203.0.113.9"),
    // Proxies all the way: the farthest.
    ("10.0.0.1", ["10.0.0.9, 10.0.0.8"], "10.0.0.9"),
    // The last good hop stands.
    ("10.0.0.1", ["unknown"], "10.0.0.1"),
    ("10.0.0.1", [""], "10.0.0.1"),
    ("10.0.0.1", ["196.201.214.200,"], "10.0.0.1"),
    ("10.0.0.1", ["196.201.214.200, , 10.0.0.8"], "10.0.0.8"),
    ("10.0.0.1", ["196.201.214.200, _hidden, 10.0.0.8"], "10.0.0.8"),
    ("10.0.0.1", ["local"], "10.0.0.1"),
    // With ports, in brackets, over IPv6.
    ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
    ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
    ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
    ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
    ("10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
    ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
    ("10.0.0.1", ["203.0.113.9:"], "10.0.0.1"),
    ("10.0.0.1", ["203.0.113.9:x"], "10.0.0.1"),
    ("10.0.0.1", ["[2001:db8::1"], "10.0.0.1"),
    ("10.0.0.1", ["[2001:db8::1]x"], "10.0.0.1"),
  ]

  @Test(arguments: table) func theLastHopThatIsNoProxyCalls(peer: String, fields: [String], client: String) throws {
    let proxies = try AddressList(parsing: "10.0.0.0/8, ::1, local")
    let address: ClientAddress =
      switch peer {
      case "local": .local
      case "unknown": .unknown
      default: .ip(try #require(IPAddress(peer)))
      }
    #expect(ClientAddress(peer: address, forwardedFor: fields, trusting: proxies).description == client)
    let withoutProxies = ClientAddress(peer: address, forwardedFor: fields, trusting: AddressList())
    #expect(withoutProxies == address, "nobody is trusted unless the setting says so")
  }

  @Test func theInboxKnowsTheClientAndNotTheProxy() async throws {
    try await TestGateway.run(proxies: "127.0.0.1") { gateway in
      for (forwarded, source) in [
        (["196.201.214.200"], "196.201.214.200"), (["1.1.1.1", "203.0.113.9"], "203.0.113.9"), ([], "127.0.0.1"),
      ] {
        let answer = try await gateway.send(
          "POST", "/api/payments/callbacks", headers: forwarded.map { ("X-Forwarded-For", $0) }, body: "{}")
        #expect(answer.status == 200)
        #expect(gateway.store.deliveries.last?.source == source)
      }
    }
  }

  @Test func proxiesCanBeNamedAndDroppedUnderAnOpenConnection() async throws {
    try await TestGateway.run { gateway in
      var connection = try await RawConnection.open(port: gateway.port)
      for (proxies, source) in [
        ("", "127.0.0.1"), ("127.0.0.1", "196.201.214.200"), ("10.0.0.1", "127.0.0.1"),
      ] {
        gateway.gateway.trust(try AddressList(parsing: proxies))
        try await connection.send(
          callback("/api/payments/callbacks", body: "{}", headers: "X-Forwarded-For: 196.201.214.200\r\n"))
        #expect(try await connection.answer().status == 200)
        #expect(gateway.store.deliveries.last?.source == source)
      }
    }
  }

  @Test func withoutATrustedProxyTheHeaderIsAStrangersWord() async throws {
    try await TestGateway.run { gateway in
      _ = try await gateway.send(
        "POST", "/api/payments/callbacks", headers: [("X-Forwarded-For", "196.201.214.200")], body: "{}")
      #expect(gateway.store.deliveries.map(\.source) == ["127.0.0.1"])
    }
  }
}
