import Daraja
import Payments
import Testing

/// One prompt at a time on a phone, and none for a while after one that ended in doubt: over HTTP, with a real store.
@Suite(.timeLimit(.minutes(1))) struct QuietPhoneTests {
  @Test func aLockedSubscriberIsLeftAloneByOrderAndByPhone() async throws {
    try await StateDirectory.use { directory in
      try await RealShop.run(in: directory) { shop in
        let token = try await TestGateway.token()
        let (first, second) = (try await shop.order(), try await shop.order())
        shop.daraja.answerPushes { _ in
          .busy(
            DarajaFailure(kind: .subscriberLocked, httpStatus: 500, message: "Unable to lock subscriber"),
            retryAfter: .seconds(120))
        }
        let locked = try await shop.initiate(first, token: token)
        #expect(locked.errorCode == "phone_busy")
        shop.daraja.answerPushes { CountingDaraja.accepted($0) }
        shop.clock.advance(seconds: 20)
        for (order, phone) in [(first, "254708374149"), (first, "254711222333"), (second, "254708374149")] {
          let answer = try await shop.initiate(order, phone: phone, token: token)
          #expect(answer.status == 429)
          #expect(answer.errorCode == "cooling_down")
          #expect(answer.headers["retry-after"] == "100")
        }
        #expect(shop.daraja.pushes == 1)
        shop.clock.advance(seconds: 100)
        #expect(try await shop.initiate(first, token: token).status == 200)
      }
    }
  }

  @Test func aPhoneHasOnePromptAcrossOrdersAndUsers() async throws {
    try await StateDirectory.use { directory in
      try await RealShop.run(in: directory) { shop in
        let mine = try await shop.order()
        let theirs = try await shop.order(of: "8")
        #expect(try await shop.initiate(mine, token: try await TestGateway.token()).status == 200)
        let busy = try await shop.initiate(theirs, token: try await TestGateway.token(user: "8"))
        #expect(busy.status == 429)
        #expect(busy.errorCode == "phone_busy")
        #expect(busy.headers["retry-after"] == "120")
        #expect(shop.daraja.pushes == 1)
      }
    }
  }

  @Test func aCodeThatProvesNothingKeepsThePhoneQuietLongAfterItsPrompt() async throws {
    try await StateDirectory.use { directory in
      try await RealShop.run(in: directory) { shop in
        let token = try await TestGateway.token()
        let order = try await shop.order()
        _ = try await shop.initiate(order, token: token)
        shop.daraja.answerQueries(.final("1001", description: "Unable to lock subscriber"))
        shop.clock.advance(seconds: 600)
        await shop.questioner.askIfDue(TransactionID(1), for: "7")
        let answer = try await shop.initiate(order, token: token)
        #expect(answer.errorCode == "cooling_down")
        #expect(answer.headers["retry-after"] == "120")
        #expect(shop.daraja.pushes == 1)
      }
    }
  }
}
