import Daraja
import NIOCore
import Payments
import Testing

@testable import Gateway

@Suite("An open page stays true", .timeLimit(.minutes(1)))
struct CheckoutLiveTests {
  static func request(_ gateway: TestGateway) -> String {
    "GET \(gateway.checkoutPath)/events?lang=en HTTP/1.1\r\nhost: localhost\r\n\r\n"
  }

  @Test("What is, at once; a prompt that another tab sent; the end, with the end of the stream")
  func whole() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.send(Self.request(gateway))
      let start = try await connection.text(until: "\"ready\"")
      #expect(start.lowercased().contains("content-type: text/event-stream") && start.contains("no-store"))
      _ = try await connection.text(until: "\n\n")
      gateway.store.add(try CheckoutStandingTests.transaction())
      gateway.feed.changed(TransactionID(1), of: OrderID(99))
      gateway.feed.changed(TransactionID(1), of: TestGateway.shopOrder)
      let prompted = try await connection.text(until: "\"prompted\"")
      #expect(prompted.contains("id: 2\n"))
      var paid = try CheckoutStandingTests.transaction(1, .completed)
      paid.receipt = Receipt("NLJ7RT61SV")
      gateway.store.add(paid)
      gateway.store.add(CheckoutStandingTests.order(paidBy: 1))
      gateway.feed.changed(TransactionID(1), of: TestGateway.shopOrder)
      let end = try await connection.text(until: "0\r\n\r\n")
      #expect(end.contains("NLJ7RT61SV") && end.contains("\"final\":true"))
      #expect(gateway.feed.watchers == 0)
    }
  }

  @Test("What changes by the clock alone is told, too")
  func clock() async throws {
    let clock = ShopClock()
    try await TestGateway.run(checkout: .full, now: { clock.now }) { gateway in
      gateway.store.add(CheckoutStandingTests.order(expiresIn: 1))
      var connection = try await RawConnection.open(port: gateway.port)
      try await connection.send(Self.request(gateway))
      _ = try await connection.text(until: "\"ready\"")
      clock.advance(seconds: 1)
      _ = try await connection.text(until: "\"expired\"")
    }
  }

  @Test("One order has a bounded number of streams, and the page without them has the same truth")
  func bounded() async throws {
    try await TestGateway.run(limits: GatewayLimits(streams: 10, streamsPerUser: 2), checkout: .full) { gateway in
      gateway.store.add(Order.example())
      var open: [RawConnection] = []
      for _ in 0..<2 {
        var connection = try await RawConnection.open(port: gateway.port)
        try await connection.send(Self.request(gateway))
        _ = try await connection.text(until: "\"ready\"")
        open.append(connection)
      }
      let refused = try await gateway.send("GET", gateway.checkoutPath + "/events")
      #expect(refused.status == 429 && refused.errorCode == "too_many_streams")
      let state = try await gateway.send("GET", gateway.checkoutPath + "/state?lang=en")
      #expect(state.json["state"] == .string("ready") && state.json["final"] == .bool(false))
      #expect(state.headers["cache-control"] == "no-store")
      let html = try #require(state.json["html"]?.text)
      #expect(try await gateway.page(gateway.checkoutPath + "?lang=en").body.contains(html))
      #expect(html.contains("action=\"\(gateway.checkoutToken)?lang=en\""), "links as the page has them")
    }
  }
}
