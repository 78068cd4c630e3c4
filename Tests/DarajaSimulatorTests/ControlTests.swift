import Testing

@testable import DarajaSimulator

@Suite struct ControlTests {
  @Test func aCustomerIsProgrammedAndForgotten() async throws {
    try await Shop.open { shop in
      let path = "/simulator/customers/254712345678"
      let set = try await shop.send("PUT", path, body: #"{"story":"cancels"}"#)
      #expect(set.status == 200)
      #expect(set.text == #"{"phone":"254712345678","story":"cancels"}"#)
      let list = try await shop.send("GET", "/simulator/customers/")
      #expect(list.text == #"{"customers":[{"phone":"254712345678","story":"cancels"}]}"#)
      _ = try await shop.push("254712345678", token: try await shop.token())
      let event = try await shop.simulator.event { $0.kind == .callbackDelivered }
      #expect(event.resultCode == "1032")
      #expect(event.story == .cancels)
      #expect(try await shop.send("DELETE", path).text == #"{"phone":"254712345678","story":"pays"}"#)
      #expect(try await shop.send("GET", "/simulator/customers").text == #"{"customers":[]}"#)
    }
  }

  @Test(arguments: [
    ("PUT", "/simulator/customers/254712345678", #"{"story":"sings"}"#, 422, "unknown_story"),
    ("PUT", "/simulator/customers/254712345678", #"{"story":7}"#, 422, "missing_story"),
    ("PUT", "/simulator/customers/254712345678", "{}", 422, "missing_story"),
    ("PUT", "/simulator/customers/254712345678", "cancels", 400, "invalid_json"),
    ("PUT", "/simulator/customers/254712345678", "", 400, "invalid_json"),
    ("PUT", "/simulator/customers/0712345678", #"{"story":"cancels"}"#, 422, "invalid_phone"),
    ("DELETE", "/simulator/customers/x", "", 422, "invalid_phone"),
    ("POST", "/simulator/customers/254712345678", "{}", 405, "method_not_allowed"),
    ("DELETE", "/simulator/events", "", 405, "method_not_allowed"),
    ("GET", "/simulator/elsewhere", "", 404, "not_found"),
    ("GET", "/simulator/events?after=-1", "", 400, "invalid_after"),
    ("PUT", "/simulator/customers/254712345678", String(repeating: " ", count: 70_000), 413, "too_large"),
  ])
  func mistakesAreNamed(_ method: String, _ path: String, _ body: String, status: Int, code: String) async throws {
    try await Shop.open { shop in
      let answer = try await shop.send(method, path, body: body.isEmpty && method == "GET" ? nil : body)
      #expect(answer.status == status)
      #expect(answer["code"] == code)
      #expect(answer["message"]?.hasSuffix(".") == true)
      #expect(!answer.text.contains("712345678"))
    }
  }

  @Test func storiesAndStatusAreListed() async throws {
    try await Shop.open { shop in
      let stories = try await shop.send("GET", "/simulator/stories").json["stories"]
      guard case .array(let entries)? = stories else {
        Issue.record("no list")
        return
      }
      #expect(entries.count == Story.allCases.count)
      let status = try await shop.send("GET", "/simulator")
      #expect(status["shortcode"] == "174379")
      #expect(status["seed"] == String(shop.simulator.seed))
    }
  }

  @Test func eventsTellWhatHappenedWithoutSecrets() async throws {
    try await Shop.open { shop in
      let token = try await shop.token()
      let checkout = try #require(try await shop.push("254712345678", token: token)["CheckoutRequestID"])
      _ = try await shop.simulator.event { $0.kind == .callbackDelivered }
      _ = try await shop.result(of: checkout, token: token)
      let kinds = Set(await shop.simulator.events.map(\.kind))
      #expect(kinds == [.tokenIssued, .pushAccepted, .callbackDelivered, .queryAnswered])
      let text = try await shop.send("GET", "/simulator/events").text
      #expect(text.contains(checkout) && text.contains(#""kind":"push_accepted""#))
      #expect(!text.contains(token) && !text.contains("secret"))
      let after = try await shop.send("GET", "/simulator/events?after=1").text
      #expect(!after.contains("token_issued") && after.contains("push_accepted"))
    }
  }

  @Test func anEventThatDoesNotComeIsNotAwaitedForEver() async throws {
    let simulator = try DarajaSimulator(.quick, logger: .quiet)
    await #expect(throws: SimulatorError.noSuchEvent(within: .milliseconds(10))) {
      try await simulator.event(within: .milliseconds(10)) { _ in true }
    }
  }
}
