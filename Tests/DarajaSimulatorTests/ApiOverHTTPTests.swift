import AsyncHTTPClient
import Foundation
import Testing

@testable import DarajaSimulator

@Suite struct TokenTests {
  @Test func theLifetimeIsAString() async throws {
    try await Shop.open { shop in
      let answer = try await shop.askToken()
      #expect(answer.status == 200)
      #expect(answer["access_token"]?.count == 28)
      #expect(answer["expires_in"] == "3599")
    }
  }

  @Test func aNewTokenKillsTheOldOne() async throws {
    try await Shop.open { shop in
      let old = try await shop.token()
      #expect(try await shop.push("254712345678", token: old).status == 200)
      let new = try await shop.token()
      let refused = try await shop.push("254712345679", token: old)
      #expect(refused.status == 404)
      #expect(refused["errorCode"] == "404.001.03")
      #expect(refused["errorMessage"] == "Invalid Access Token")
      #expect(try await shop.push("254712345679", token: new).status == 200)
    }
  }

  @Test func aTokenDiesOfAge() async throws {
    let hand = HandClock()
    try await Shop.open(clock: hand.clock) { shop in
      let token = try await shop.token()
      hand.advance(by: .seconds(3_599))
      #expect(try await shop.query("ws_CO_0", token: token)["errorCode"] == "500.001.1001")
      hand.advance(by: .seconds(1))
      #expect(try await shop.query("ws_CO_0", token: token)["errorCode"] == "404.001.03")
    }
  }

  @Test func wrongCredentialsAndGrantTypesAreRefused() async throws {
    try await Shop.open { shop in
      let wrong = try await shop.askToken(key: "somebody")
      #expect(wrong.status == 400)
      #expect(wrong["errorCode"] == "400.008.01")
      #expect(try await shop.askToken(grantType: "password")["errorCode"] == "400.008.02")
      for header in [nil, "Basic", "Basic ***", "Bearer abc"] as [String?] {
        let answer = try await shop.send(
          "GET", "/oauth/v1/generate?grant_type=client_credentials", authorization: header)
        #expect(answer["errorCode"] == "400.008.01")
      }
      let posted = try await shop.send("POST", "/oauth/v1/generate?grant_type=client_credentials")
      #expect(posted.status == 200 && posted.text == "{}")
    }
  }
}

@Suite struct RefusalTests {
  @Test(arguments: [
    ("CallBackURL", #""http://localhost/c""#, 400, "400.002.02", "Bad Request - Invalid CallBackURL"),
    ("Amount", "0.5", 400, "400.002.02", "Bad Request - Invalid Amount"),
    ("PhoneNumber", #""0712345678""#, 400, "400.002.02", "Bad Request - Invalid PhoneNumber"),
    ("Timestamp", #""today""#, 400, "400.002.02", "Bad Request - Invalid Timestamp"),
    ("Password", #""cGFzcw==""#, 500, "500.001.1001", "Wrong credentials"),
    ("BusinessShortCode", #""600000""#, 500, "500.001.1001", "Merchant does not exist"),
  ])
  func pushesAreRefused(_ field: String, _ value: String, status: Int, code: String, text: String) async throws {
    try await Shop.open { shop in
      let answer = try await shop.push("254712345678", token: try await shop.token(), changes: [field: value])
      #expect(answer.status == status)
      #expect(answer["errorCode"] == code)
      #expect(answer["errorMessage"] == text)
      #expect(answer["requestId"] != nil)
      #expect(await shop.simulator.events.last?.kind == .pushRefused)
      #expect(shop.inbox.all.isEmpty)
    }
  }

  @Test func badBodiesAndPathsAreRefused() async throws {
    try await Shop.open { shop in
      let bearer = "Bearer \(try await shop.token())"
      let push = "/mpesa/stkpush/v1/processrequest"
      for body in ["", "[]", "{", "\u{0}\u{1}"] {
        let answer = try await shop.send("POST", push, authorization: bearer, body: body)
        #expect(answer.status == 400)
        #expect(answer["errorCode"] == "400.002.05")
      }
      let large = String(repeating: " ", count: SimulatorLimits.requestBodyBytes + 1)
      #expect(try await shop.send("POST", push, authorization: bearer, body: large).status == 413)
      #expect(try await shop.send("GET", push, authorization: bearer).status == 405)
      #expect(try await shop.send("GET", "/elsewhere")["errorCode"] == "404.001.01")
      #expect(try await shop.send("POST", push, body: "{}")["errorCode"] == "404.001.04")
      #expect(try await shop.send("POST", push, authorization: "Bearer x", body: "{}")["errorCode"] == "404.001.03")
    }
  }

  @Test func aPhoneHasOnePromptAtATime() async throws {
    let hand = HandClock()
    try await Shop.open(clock: hand.clock) { shop in
      let token = try await shop.token()
      #expect(try await shop.push("254712345678", token: token).status == 200)
      let locked = try await shop.push("254712345678", token: token)
      #expect(locked.status == 500)
      #expect(locked["errorCode"] == "500.001.1001")
      #expect(locked["errorMessage"]?.hasPrefix("Unable to lock subscriber") == true)
      #expect(try await shop.push("254712345679", token: token).status == 200)
      hand.advance(by: .seconds(3))
      #expect(try await shop.push("254712345678", token: token).status == 200)
    }
  }

  @Test func anUnknownIDDoesNotExist() async throws {
    try await Shop.open { shop in
      let answer = try await shop.query("ws_CO_unknown", token: try await shop.token())
      #expect(answer.status == 500)
      #expect(answer["errorCode"] == "500.001.1001")
      #expect(answer["errorMessage"] == "The transaction does not Exist")
    }
  }
}

@Suite struct QueryLimitTests {
  @Test func tooManyQueriesAreArrestedThenBlockedAndThenForgiven() async throws {
    let hand = HandClock()
    var configuration = SimulatorConfiguration.quick
    configuration.pace = 1
    configuration.queryLimit = QueryLimit()
    try await Shop.open(configuration, clock: hand.clock) { shop in
      let token = try await shop.token()
      var answers: [Shop.Answer] = []
      for _ in 0..<6 { answers.append(try await shop.query("ws_CO_0", token: token)) }
      #expect(answers.map(\.status) == [500, 429, 429, 500, 429, 403])
      #expect(answers[0]["errorMessage"] == "The transaction does not Exist")
      #expect(
        answers[1].text
          == #"{"fault":{"faultstring":"Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, "#
          + #"periodInMicroseconds=60000000, maxBurstMessageCount=1.0}","#
          + #""detail":{"errorcode":"policies.ratelimit.SpikeArrestViolation"}}}"#)
      #expect(answers[3]["errorCode"] == "500.003.02")
      #expect(answers[5].contentType == "text/html")
      // The block is of the address, not of the query.
      #expect(try await shop.askToken().status == 403)
      #expect(try await shop.push("254712345678", token: token).status == 403)
      hand.advance(by: .seconds(60))
      #expect(try await shop.query("ws_CO_0", token: token)["errorMessage"] == "The transaction does not Exist")
    }
  }

  @Test func theLimitKeepsPace() async throws {
    let hand = HandClock()
    var configuration = SimulatorConfiguration.quick
    configuration.queryLimit = QueryLimit()
    try await Shop.open(configuration, clock: hand.clock) { shop in
      let token = try await shop.token()
      #expect(try await shop.query("ws_CO_0", token: token).status == 500)
      #expect(try await shop.query("ws_CO_0", token: token).status == 429)
      hand.advance(by: .milliseconds(120))
      #expect(try await shop.query("ws_CO_0", token: token).status == 500)
    }
  }
}
