import Daraja
import Payments
import Reconciliation
import Testing

@testable import Gateway

@Suite("Paying at the shopper's pages", .timeLimit(.minutes(1)))
struct CheckoutPayingTests {
  @Test("A number in any spelling is prompted for the order's owner, and the browser is led back to the page")
  func prompted() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      for spelling in ["0712+345+678", "%2B254712345678", "712345678"] {
        gateway.prompting.answer(.success(.sent(try .example(), customerMessage: nil)))
        let answer = try await gateway.submit("phone=\(spelling)", to: gateway.checkoutPath + "?lang=sw")
        #expect(answer.status == 303 && answer.headers["location"] == "\(gateway.checkoutToken)?lang=sw")
        #expect(answer.headers["cache-control"] == "no-store" && answer.headers["referrer-policy"] == "no-referrer")
      }
      let expected = FakePrompting.Asked(order: OrderID(123), phone: try MSISDN("254712345678"), user: "7")
      #expect(gateway.prompting.asked == [expected, expected, expected])
    }
  }

  @Test("A wrong number is told beside the field and above, and stays in the field")
  func wrongNumber() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      for body in ["phone=12", "phone=", "", "phone=0812345678", "again=1"] {
        let answer = try await gateway.submit(body)
        #expect(answer.status == 422)
        #expect(answer.body.contains("role=\"alert\"") && answer.body.contains("href=\"#phone\""))
        #expect(answer.body.contains("aria-invalid=\"true\"") && answer.body.contains("id=\"phone-problem\""))
      }
      #expect(try await gateway.submit("phone=12").body.contains("value=\"12\""))
      #expect(gateway.prompting.asked.isEmpty)
    }
  }

  @Test(
    "Other types and sizes are refused",
    arguments: [("application/json", 415), ("application/x-www-form-urlencoded", 413)])
  func bodies(type: String, status: Int) async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      let body = status == 413 ? "phone=" + String(repeating: "7", count: 17_000) : "{}"
      let answer = try await gateway.submit(body, type: type)
      #expect(answer.status == status)
      CheckoutPageTests.expectSafe(answer)
    }
  }

  @Test(
    "Too often, a busy phone, a busy M-Pesa, no settings: each has its words, and nobody is told that the payment failed"
  )
  func refusals() async throws {
    let transaction = try Transaction.example()
    let failure = DarajaFailure(kind: .rateLimited, message: "busy")
    let results: [(PromptResult, Int, String)] = [
      (.refused(.phoneBusy(until: TestGateway.now + 95_000_000)), 429, "You can try again in 1:35"),
      (.refused(.coolingDown(until: TestGateway.now + 5_000_000)), 429, "You can try again in 0:05"),
      (.busy(transaction, failure, retryAfter: .seconds(1)), 503, "M‑Pesa is busy"),
      (.notConfigured("mpesa_passkey"), 503, "cannot send prompts"),
      (.refused(.orderPaid(by: TransactionID(1))), 303, ""),
      (.uncertain(transaction), 303, ""), (.alreadyOpen(transaction), 303, ""),
    ]
    for (result, status, words) in results {
      try await TestGateway.run(checkout: .full) { gateway in
        gateway.store.add(Order.example())
        gateway.prompting.answer(.success(result))
        let answer = try await gateway.submit("phone=0712345678")
        #expect(answer.status == status && (words.isEmpty || answer.body.contains(words)), "\(result)")
        #expect(!answer.body.contains("passkey"))
      }
    }
    try await TestGateway.run(requestLimits: RequestLimits(user: nil, phone: 1, address: nil), checkout: .full) {
      gateway in
      gateway.store.add(Order.example())
      gateway.prompting.answer(.success(.sent(transaction, customerMessage: nil)))
      #expect(try await gateway.submit("phone=0712345678").status == 303)
      let second = try await gateway.submit("phone=0712345678")
      #expect(second.status == 429 && second.body.contains("That was too often"))
      #expect(gateway.prompting.asked.count == 1)
    }
  }

  @Test("Where the guard would admit no prompt, none is asked for")
  func guarded() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      gateway.store.add(try CheckoutStandingTests.transaction())
      #expect(try await gateway.submit("phone=0712345678").status == 303)
      gateway.store.add(CheckoutStandingTests.order(expiresIn: 0))
      gateway.store.add(try CheckoutStandingTests.transaction(1, .failed, .cancelled))
      #expect(try await gateway.submit("phone=0712345678").status == 303)
      #expect(gateway.prompting.asked.isEmpty)
    }
  }

  @Test("Another try goes to the same phone without its number in the page")
  func again() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      gateway.store.add(try CheckoutStandingTests.transaction(1, .failed, .cancelled))
      #expect(try await gateway.page().body.contains("Try again on 07••\u{A0}•••\u{A0}678"))
      gateway.prompting.answer(.success(.sent(try .example(), customerMessage: nil)))
      #expect(try await gateway.submit("again=1").status == 303)
      #expect(gateway.prompting.asked.map(\.phone) == [try MSISDN("254712345678")])
    }
  }

  @Test("Asking says what came of it, within the budget")
  func asking() async throws {
    try await TestGateway.run(requestLimits: RequestLimits(user: 4, phone: nil, address: nil), checkout: .full) {
      gateway in
      gateway.store.add(Order.example())
      let path = gateway.checkoutPath + "/check"
      #expect(try await gateway.submit("", to: path).headers["location"] == "../\(gateway.checkoutToken)?lang=en")
      gateway.store.add(try CheckoutStandingTests.transaction(ago: 150))
      for (outcome, said) in [
        (AskOutcome.asked, "asked"), (.later(in: 1), "wait"), (.failed, "later"),
        (.notConfigured("x"), "later"),
        (.asked, "wait"),
      ] {
        gateway.asking.answer(outcome)
        let answer = try await gateway.submit("", to: path)
        #expect(answer.status == 303)
        #expect(answer.headers["location"] == "../\(gateway.checkoutToken)?lang=en&said=\(said)")
      }
      let page = try await gateway.page(gateway.checkoutPath + "?said=asked")
      #expect(page.body.contains("there is no answer yet"))
    }
  }
}
