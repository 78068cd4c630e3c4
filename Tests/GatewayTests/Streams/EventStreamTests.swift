import Daraja
import NIOCore
import Payments
import Testing

@testable import Gateway

@Suite("Payments as server-sent events", .timeLimit(.minutes(1)))
struct EventStreamTests {
  static let path = "/api/payments/transactions/456/events"

  static func request(user: String = "7", last: String? = nil) async throws -> String {
    let token = try await TestGateway.token(user: user)
    let last = last.map { "last-event-id: \($0)\r\n" } ?? ""
    return "GET \(path) HTTP/1.1\r\nhost: localhost\r\nauthorization: JWT \(token)\r\n\(last)\r\n"
  }

  static func settled() throws -> Transaction {
    var transaction = try Transaction.example()
    transaction.status = .completed
    transaction.receipt = Receipt("NLJ7RT61SV")
    return transaction
  }

  @Test("The newest line at once, each further one after its commit, and the end with the payment's")
  func whole() async throws {
    try await TestGateway.run { gateway in
      gateway.store.commit(try .example(), 10, .pushRequested)
      gateway.store.commit(try .example(), 11, .pushAccepted)
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.send(try await Self.request())
      let start = try await connection.text(until: "\"push_accepted\"")
      #expect(start.lowercased().contains("content-type: text/event-stream"))
      #expect(start.contains("cache-control: no-store"))
      #expect(start.contains("x-accel-buffering: no"))
      #expect(start.contains("retry: 3000\n\n"))
      #expect(start.contains("id: 11\nevent: transaction\ndata: {"))
      #expect(!start.contains("push_requested"), "it begins with the newest line")
      gateway.store.commit(try .example(), 12, .noInformation)
      gateway.feed.changed(TransactionID(456))
      #expect(try await connection.text(until: "\"no_information\"").contains("id: 12\n"))
      gateway.feed.changed(TransactionID(457))
      gateway.store.commit(try Self.settled(), 13, .completed)
      gateway.feed.changed(TransactionID(456))
      let end = try await connection.text(until: "0\r\n\r\n")
      #expect(end.contains("id: 13\n") && end.contains("NLJ7RT61SV"))
      #expect(gateway.feed.watchers == 0)
    }
  }

  @Test("A client that comes back gets what it missed, and 204 when there is nothing more to come")
  func resumed() async throws {
    try await TestGateway.run { gateway in
      gateway.store.commit(try .example(), 10, .pushRequested)
      gateway.store.commit(try .example(), 11, .pushAccepted)
      gateway.store.commit(try Self.settled(), 12, .completed)
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.send(try await Self.request(last: "10"))
      let missed = try await connection.text(until: "0\r\n\r\n")
      #expect(missed.contains("id: 11\n") && missed.contains("id: 12\n") && !missed.contains("id: 10\n"))
      let token = try await TestGateway.token()
      let over = try await gateway.send("GET", Self.path, token: token, headers: [("last-event-id", "12")])
      #expect(over.status == 204)
      let other = try await gateway.send("GET", Self.path, token: TestGateway.token(user: "8"))
      #expect(other.errorCode == "transaction_not_found")
    }
  }

  @Test("A silent stream is kept alive, and ends after its lifetime")
  func heartbeat() async throws {
    var deadlines = GatewayDeadlines.quickDrain
    deadlines.streamHeartbeat = .milliseconds(20)
    deadlines.streamLifetime = .milliseconds(500)
    // Far shorter than the stream: what bounds requests must not bound it.
    deadlines.idle = .milliseconds(50)
    deadlines.request = .milliseconds(50)
    try await TestGateway.run(deadlines: deadlines) { gateway in
      gateway.store.commit(try .example(), 10, .pushRequested)
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.send(try await Self.request())
      let all = try await connection.text(until: "0\r\n\r\n")
      #expect(all.components(of: ": still here\n\n") >= 3)
    }
  }

  @Test("No user has more streams than are allowed, nor have all together; a place is free again when its stream ends")
  func bounded() async throws {
    try await TestGateway.run(limits: GatewayLimits(streams: 3, streamsPerUser: 2)) { gateway in
      gateway.store.commit(try .example(), 10, .pushRequested)
      var eighth = try Transaction.example(id: 458, createdBy: "8")
      eighth.checkoutRequestID = nil
      gateway.store.commit(eighth, 11, .pushRequested)
      let token = try await TestGateway.token()
      _ = try await gateway.send("HEAD", Self.path, token: token)
      var open: [RawConnection] = []
      for _ in 0..<2 {
        var connection = try await RawConnection.open(port: gateway.port)
        try await connection.send(try await Self.request())
        _ = try await connection.text(until: "id: 10\n")
        open.append(connection)
      }
      let third = try await gateway.send("GET", Self.path, token: token)
      #expect(third.status == 429 && third.errorCode == "too_many_streams")
      #expect(third.headers["retry-after"] == "15")
      var other = try await RawConnection.open(port: gateway.port)
      try await other.send(
        try await Self.request(user: "8").replacing("/456/", with: "/458/"))
      _ = try await other.text(until: "id: 11\n")
      let full = try await gateway.send(
        "GET", "/api/payments/transactions/458/events", token: TestGateway.token(user: "8"))
      #expect(full.status == 503 && full.errorCode == "streams_full")
      gateway.store.commit(try Self.settled(), 12, .completed)
      gateway.feed.changed(TransactionID(456))
      for index in open.indices { _ = try await open[index].text(until: "0\r\n\r\n") }
      let free = try await gateway.send("GET", Self.path, token: token)
      #expect(free.status == 200)
    }
  }

  @Test("Stopping ends every stream at once")
  func stopping() async throws {
    try await TestGateway.run { gateway in
      gateway.store.commit(try .example(), 10, .pushRequested)
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.send(try await Self.request())
      _ = try await connection.text(until: "id: 10\n")
      await gateway.services.triggerGracefulShutdown()
      #expect(try await connection.text(until: "0\r\n\r\n").hasSuffix("0\r\n\r\n"), "a whole answer, not a cut one")
    }
  }
}

extension RawConnection {
  /// What comes, up to and with this text.
  mutating func text(until end: String) async throws -> String {
    var text = ""
    while !text.contains(end) { text += try await some() }
    return text
  }
}

extension String {
  /// How often another text stands in this one.
  fileprivate func components(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
