import Testing

@testable import DarajaSimulator

/// What a merchant meets on the wire in one story.
struct WireRow: Sendable, CustomTestStringConvertible {
  /// What comes of the push request.
  enum Pushed: Sendable { case accepted, blocked, emptied, lost }

  var story: Story
  /// Path and code of each callback, in order.
  var callbacks: [String]
  var pushed = Pushed.accepted
  /// The code that queries end with.
  var result: String?

  var testDescription: String { story.rawValue }
}

private let rows: [WireRow] = [
  .init(story: .pays, callbacks: ["secret 0"], result: "0"),
  .init(story: .cancels, callbacks: ["secret 1032"], result: "1032"),
  .init(story: .ignores, callbacks: ["secret 1037"], result: "1037"),
  .init(story: .noMoney, callbacks: ["secret 1"], result: "1"),
  .init(story: .wrongPIN, callbacks: ["secret 2001"], result: "2001"),
  .init(story: .callbackNever, callbacks: [], result: "0"),
  .init(story: .callbackTwice, callbacks: ["secret 0", "secret 0"], result: "0"),
  .init(story: .callbackFirst, callbacks: ["secret 0"], result: "0"),
  .init(story: .answerLost, callbacks: ["secret 0"], pushed: .lost),
  .init(story: .lateSuccess, callbacks: ["secret 1037", "secret 0"], result: "0"),
  .init(story: .otherAmount, callbacks: ["secret 0"], result: "0"),
  .init(story: .stringCode, callbacks: ["secret E3008"], result: "E3008"),
  .init(story: .rawLineFeed, callbacks: ["secret unreadable"], result: "0"),
  .init(story: .blockPage, callbacks: [], pushed: .blocked),
  .init(story: .emptyBody, callbacks: ["secret 0"], pushed: .emptied),
  .init(story: .pendingThenFinal, callbacks: [], result: "0"),
  .init(story: .noiseAfterFinal, callbacks: ["secret 0"], result: nil),
  .init(story: .forged, callbacks: ["bare 0", "secret 1037"], result: "1037"),
]

@Suite struct StoriesOverHTTPTests {
  @Test func everyStoryHasARow() {
    #expect(rows.map(\.story) == Story.allCases)
  }

  @Test(.timeLimit(.minutes(1)), arguments: rows) func story(_ row: WireRow) async throws {
    try await Shop.open { shop in
      let token = try await shop.token()
      let checkout = try await pushed(row, shop, token)
      try await shop.delivered(row.callbacks.count)
      if let checkout, let result = row.result {
        let answer = try await shop.result(of: checkout, token: token)
        #expect(answer["ResultCode"] == result)
        #expect(answer["CheckoutRequestID"] == checkout)
      }
      #expect(shop.inbox.all.map(Self.words) == row.callbacks)
    }
  }

  /// Makes the push, checks how it is answered, and gives the id if there is one.
  private func pushed(_ row: WireRow, _ shop: Shop, _ token: String) async throws -> String? {
    guard row.pushed != .lost else {
      await #expect(throws: (any Error).self) { try await shop.push(row.story.phone, token: token) }
      return nil
    }
    let answer = try await shop.push(row.story.phone, token: token)
    switch row.pushed {
    case .accepted:
      #expect(answer.status == 200)
      #expect(answer["ResponseCode"] == "0")
      #expect(answer["ResponseDescription"] == "Success. Request accepted for processing")
      let checkout = try #require(answer["CheckoutRequestID"])
      #expect(checkout.hasPrefix("ws_CO_") && checkout.hasSuffix(row.story.phone.suffix(9)))
      #expect(checkout.count == "ws_CO_ddMMyyyyHHmmssSSS".count + 9)
      #expect(shop.inbox.all.count == (row.story == .callbackFirst ? 1 : 0))
      return checkout
    case .blocked:
      #expect(answer.status == 403)
      #expect(answer.contentType == "text/html")
      #expect(answer.text.contains("_Incapsula_Resource"))
    case .emptied:
      #expect([200, 500].contains(answer.status))
      #expect(answer.text.isEmpty)
    case .lost: break
    }
    return nil
  }

  @Test func noiseFollowsTheOneResult() async throws {
    try await Shop.open { shop in
      let token = try await shop.token()
      let checkout = try #require(try await shop.push(Story.noiseAfterFinal.phone, token: token)["CheckoutRequestID"])
      #expect(try await shop.result(of: checkout, token: token)["ResultCode"] == "0")
      for _ in 0..<3 {
        let noise = try await shop.query(checkout, token: token)
        #expect(noise.status == 500)
        #expect(noise["errorCode"] == "500.001.1001")
      }
    }
  }

  @Test func pendingIsSaidAFewTimesThoughTheCustomerHasPaid() async throws {
    let hand = HandClock()
    try await Shop.open(clock: hand.clock) { shop in
      let token = try await shop.token()
      let checkout = try #require(try await shop.push(Story.pendingThenFinal.phone, token: token)["CheckoutRequestID"])
      hand.advance(by: .seconds(60))
      var codes: [String?] = []
      for _ in 0..<4 { codes.append(try await shop.query(checkout, token: token)["ResultCode"]) }
      #expect(codes == ["4999", "4999", "4999", "0"])
    }
  }

  @Test func callbacksHaveTheHeadersOfRealOnes() async throws {
    try await Shop.open { shop in
      _ = try await shop.push(Story.pays.phone, token: try await shop.token())
      _ = try await shop.simulator.event { $0.kind == .callbackDelivered }
      let headers = try #require(shop.inbox.all.first?.headers)
      #expect(headers["user-agent"] == "ReactorNetty/1.2.9")
      #expect(headers["content-type"] == "application/json;charset=UTF-8")
      #expect(headers["businessshortcode"] == "174379")
      #expect(headers["accept"] == "*/*")
      #expect(headers["content-length"] != nil)
    }
  }

  private static func words(_ callback: Shop.Callback) -> String {
    let address = callback.path == "/callback/secret/" ? "secret" : callback.path == "/callback/" ? "bare" : "?"
    guard case .object(let outer)? = JSONValue.object(in: Array(callback.body.utf8))?["Body"],
      case .object(let inner)? = outer["stkCallback"], let code = inner["ResultCode"]?.digitsOrText
    else { return "\(address) unreadable" }
    return "\(address) \(code)"
  }
}
