import Payments
import Store
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("The inbox in the console", .timeLimit(.minutes(2))) struct ConsoleInboxTests {
    @Test(
      "Bytes are shown when asked for; one delivery and many are replayed after a count",
      arguments: ConsolePaymentTests.visitors)
    func replay(visitor: Visitor) async throws {
      try await WebHouse.use { house in
        for number in 1...3 { try await house.quarantined("<html>blocked \(number), 254712345149") }
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          try await page.visit("/inbox?state=quarantined", of: house)
          let list = try await page.run("return document.documentElement.outerHTML").text ?? ""
          #expect(!list.contains("712345149"))
          try await page.check("inbox-quarantined")
          try await page.click("table.list tbody tr a")
          try await page.press("Show the bytes", for: "#bytes")
          #expect(try await page.text("pre.bytes") == "<html>blocked 3, 254712345149")
          try await page.check("delivery-bytes")

          try await page.press("Replay it", for: ".consequence")
          #expect(try await page.text("h1") == "Put 1 delivery back to work?")
          try await page.press("Back, change nothing")
          try await page.wait(until: "the delivery is back") {
            try await page.text("h1")?.hasPrefix("Delivery 3") == true
          }
          #expect(try await house.trail().allSatisfy { !$0.contains("back to work") })

          try await page.visit("/inbox?state=quarantined", of: house)
          try await page.click("input[value='1']")
          try await page.click("input[value='2']")
          try await page.press("Replay the chosen ones", for: ".consequence")
          #expect(try await page.text("h1") == "Put 2 deliveries back to work?")
          try await page.check("replay")
          try await page.click("button.danger")
          try await page.wait(for: ".notice")
          #expect(try await page.notice == "Put back to work: 2 deliveries.")
          #expect(try await house.trail().contains { $0.contains("put 2 deliveries back to work") })

          try await page.wait(until: "all are quarantined again") {
            try await house.store.deliveries(in: .quarantined, limit: 9).count == 3
          }
          try await page.visit("/inbox?state=quarantined", of: house)
          try await page.press("Replay all that are quarantined", for: ".consequence")
          #expect(try await page.text("h1") == "Put 3 deliveries back to work?")
          try await page.click("button.danger")
          try await page.wait(for: ".notice")
          #expect(try await page.notice == "Put back to work: 3 deliveries.")
        }
      }
    }

    @Test(
      "A stray callback is suggested a payment, and only a person accepts that", arguments: ConsolePaymentTests.visitors
    )
    func match(visitor: Visitor) async throws {
      try await WebHouse.use { house in
        let (payment, delivery) = try await house.stray()
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          try await page.visit("/inbox", of: house)
          try await page.check("inbox-unmatched")
          try await page.click("table.list tbody tr a")
          try await page.wait(for: "#match")
          #expect(try await page.text("table.list tbody")?.contains("Same phone") == true)
          #expect(try await page.property("checked", of: "input[name=transaction]").isTrue)
          try await page.check("delivery-unmatched")
          try await page.type("The only prompt of that hour", into: "input[name=reason]")
          try await page.press("See what it means", for: ".consequence")
          #expect(try await house.store.transaction(payment.id)?.checkoutRequestID == nil)
          try await page.check("match")
          try await page.click("button.danger")
          try await page.wait(for: ".notice")
          #expect(try await page.text("h1")?.hasPrefix("Payment \(payment.id)") == true)
          #expect(try await house.store.transaction(payment.id)?.checkoutRequestID != nil)
          #expect(try await house.trail().contains { $0.contains("matched delivery \(delivery)") })
        }
      }
    }
  }
}
