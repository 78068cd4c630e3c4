import AsyncHTTPClient
import DarajaSimulator
import Foundation
import NIOCore
import Testing

@testable import mpesad

/// The test scenarios of the guide that `mpesad` replaces, with its phone numbers, from the shop's side of the API to a local Daraja.
@Suite("The guide's scenarios", .serialized) struct GuideScenarioTests {
  @Test("a successful payment", .timeLimit(.minutes(2))) func success() async throws {
    try await GuideHouse.run { house in
      let payment = try await house.pay(by: GuideHouse.testPhone)
      let view = try await house.status(of: payment.transaction)
      #expect(view.status == "completed" && view.reason == nil && view.flags == [])
      #expect(view.receipt?.count == 10)
      #expect(try await house.shop.order(payment.order).status == "paid")
    }
  }

  @Test("a shopper who cancels, and then pays after all", .timeLimit(.minutes(2))) func cancel() async throws {
    try await GuideHouse.run { house in
      try await house.simulator.program(phone: GuideHouse.otherPhone, story: .cancels)
      let payment = try await house.pay(by: GuideHouse.otherPhone)
      let view = try await house.status(of: payment.transaction)
      #expect(view.status == "failed" && view.reason == "cancelled" && view.receipt == nil)
      #expect(try await house.shop.order(payment.order).status == "unpaid")

      try await house.simulator.program(phone: GuideHouse.otherPhone, story: .pays)
      let second = try await house.shop.prompt(order: payment.order, phone: GuideHouse.otherPhone).transaction
      #expect(second != payment.transaction)
      #expect(try await house.status(of: second).status == "completed")
      #expect(try await house.shop.order(payment.order).status == "paid")
    }
  }

  @Test("a shopper who never answers", .timeLimit(.minutes(2))) func timeout() async throws {
    try await GuideHouse.run { house in
      try await house.simulator.program(phone: GuideHouse.testPhone, story: .ignores)
      let payment = try await house.pay(by: GuideHouse.testPhone)
      let view = try await house.status(of: payment.transaction)
      #expect(view.status == "failed" && view.reason == "timeout")
      #expect(try await house.shop.order(payment.order).status == "unpaid")
    }
  }

  /// Trouble on each leg of the way: to the prompt, back from it, and on the way of the callback. The money that moved is found each time.
  @Test(
    "network trouble after the shopper paid", .timeLimit(.minutes(2)),
    arguments: [
      (Story.callbackNever, "receipt_missing"), (.answerLost, ""), (.emptyBody, ""), (.rawLineFeed, ""),
    ]
  ) func networkTrouble(story: Story, flag: String) async throws {
    try await GuideHouse.run { house in
      try await house.simulator.program(phone: GuideHouse.otherPhone, story: story)
      let payment = try await house.pay(by: GuideHouse.otherPhone)
      let view = try await house.status(of: payment.transaction)
      #expect(view.status == "completed" && view.flags == (flag.isEmpty ? [] : [flag]))
      #expect(try await house.shop.order(payment.order).status == "paid")
    }
  }

  @Test("Safaricom cannot be reached", .timeLimit(.minutes(2))) func unreachable() async throws {
    // A port that was free a moment ago: connecting to it is refused.
    let nowhere = "http://127.0.0.1:\(try await HousedDaemon.kernelChoice())"
    try await GuideHouse.run(darajaURL: nowhere) { house in
      let order = try await house.shop.createOrder(amount: "100", description: "", reference: "GUIDE-2")
      let (status, body) = try await house.initiate(order: "\(order)", phone: GuideHouse.testPhone)
      #expect(status == 503, "\(body)")
      #expect(body.contains(#""code":"daraja_busy""#), "\(body)")
      #expect(try await house.shop.order(order).status == "unpaid")
    }
  }

  /// Not a Kenyan mobile number, in each way that the guide's users got it wrong.
  static let invalidPhones = [
    "", "0711", "12345", "25471122233", "2547112223334", "254611222333", "0711-ABC-333", "+1 202 555 0100",
  ]

  @Test("an invalid phone number", .timeLimit(.minutes(2))) func invalidPhone() async throws {
    try await GuideHouse.run { house in
      let order = try await house.shop.createOrder(amount: "100", description: "", reference: "GUIDE-3")
      for phone in Self.invalidPhones {
        let (status, body) = try await house.initiate(order: "\(order)", phone: phone)
        #expect(status == 422, "\(phone): \(body)")
        #expect(body.contains(#""code":"invalid_phone_number""#), "\(phone): \(body)")
        #expect(body.contains(#""field":"phone_number""#), "\(phone): \(body)")
      }
      #expect(await house.simulator.events.isEmpty, "nothing was sent to Safaricom")
      // The same number as people write it is taken.
      for phone in ["0711 222 333", "+254 711 222 333"] {
        let (status, body) = try await house.initiate(order: "\(order)", phone: phone)
        #expect(status == 200, "\(phone): \(body)")
      }
    }
  }
}

extension GuideHouse {
  /// Asks for a prompt with whatever is given, and returns what came, be it an error or not.
  func initiate(order: String, phone: String) async throws -> (status: Int, body: String) {
    var request = HTTPClientRequest(url: baseURL + "/api/payments/transactions/initiate_mpesa_payment/")
    request.method = .POST
    request.headers = ["Authorization": "JWT \(token)", "Content-Type": "application/json"]
    request.body = .bytes(ByteBuffer(string: #"{"order_id":\#(order),"phone_number":"\#(phone)"}"#))
    let response = try await shop.http.execute(request, timeout: .seconds(30))
    let body = try await response.body.collect(upTo: 64 * 1024)
    return (Int(response.status.code), String(buffer: body))
  }
}
