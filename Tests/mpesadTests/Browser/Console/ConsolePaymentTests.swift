import DarajaSimulator
import Payments
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Payments in the console", .timeLimit(.minutes(2))) struct ConsolePaymentTests {
    /// Every way to work, once with scripts and once without.
    static let visitors = [Visitor.phone, Visitor.desk.with { $0.runsScripts = false }]

    @Test("Found by phone, receipt, order and reference, and no phone number gets into an address", arguments: visitors)
    func search(visitor: Visitor) async throws {
      try await WebHouse.use { house in
        let wanted = try await house.order(reference: "INV-77")
        let payment = try await house.paid(wanted)
        for _ in 0..<3 { try await house.ended(house.order(), "1032") }
        let phone = "0" + payment.phone.digits.dropFirst(3)
        let searches = [
          phone, "+254 " + phone.dropFirst(), WebHouse.receipt(of: wanted), "#\(wanted.id)", "INV-77",
          DeskRig.checkout(payment),
        ]
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          for text in searches {
            try await page.visit("/transactions", of: house)
            try await page.type(text, into: "#search")
            try await page.press("Search")
            try await page.wait(until: "\(text) is found") {
              if try await page.has(".narrowed") { return try await page.count("table.list tbody tr") == 1 }
              return try await page.text("h1")?.hasPrefix("Payment \(payment.id)") == true
            }
            let address = try await page.address
            #expect(!address.contains(payment.phone.digits.suffix(9)), "\(address)")
          }
          try await page.visit("/transactions", of: house)
          try await page.type("0700000000", into: "#search")
          try await page.press("Search", for: ".notice")
          #expect(try await page.notice == "No payment is from 2547••••000.")
          try await page.check("transactions-nothing")
        }
      }
    }

    @Test("A phone number is shown when asked for, and that is in the trail") func reveal() async throws {
      try await WebHouse.use { house in
        let payment = try await house.paid(house.order())
        try await Browser.visit { page in
          try await page.signIn(to: house)
          try await page.visit("/transactions/\(payment.id)", of: house)
          let source = try await page.run("return document.documentElement.outerHTML").text ?? ""
          #expect(!source.contains(payment.phone.digits.suffix(9)))
          try await page.press("Show the phone number")
          try await page.wait(until: "it is shown") {
            try await page.text()?.contains(payment.phone.digits) == true
          }
          try await page.check("payment-phone")
          try await page.visit("/audit", of: house)
          #expect(try await page.texts("table.list tbody tr").contains { $0.contains("full phone number") })
        }
      }
    }

    @Test("A ruling is two steps, says first what will follow, and stands in timeline and trail", arguments: visitors)
    func ruling(visitor: Visitor) async throws {
      try await WebHouse.use { house in
        let payment = try await house.reviewed(house.order())
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          try await page.visit("/transactions/\(payment.id)", of: house)
          try await page.check("payment-review")
          try await page.click("input[value=completed]")
          try await page.type("The shopper paid the last shilling in cash", into: "input[name=reason]")
          try await page.press("See what it means", for: ".consequence")
          let consequence = try await page.text(".consequence") ?? ""
          #expect(consequence.contains("paid"), "\(consequence)")
          #expect(try await house.store.transaction(payment.id)?.status == .review, "the first step only looks")
          try await page.check("ruling")
          try await page.click("button.danger")
          try await page.wait(for: ".notice")
          #expect(try await house.store.transaction(payment.id)?.status == .completed)
          #expect(try await page.text("h1 .status") == "completed")
          #expect(try await page.text(".timeline")?.contains("The shopper paid the last shilling in cash") == true)
          try await page.visit("/audit", of: house)
          #expect(try await page.texts("table.list tbody tr").contains { $0.contains("last shilling in cash") })
        }
      }
    }

    @Test(
      "Safaricom is asked about a payment whose callback never came, and its answer settles it", arguments: visitors)
    func ask(visitor: Visitor) async throws {
      // By itself nobody asks within this test.
      try await WebHouse.use(settings: [.querySchedule: "600"]) { house in
        let order = try await house.order()
        try await Browser.visit(visitor) { page in
          try await page.open(order.url)
          try await page.type(String(Story.callbackNever.phone.dropFirst(3)), into: "#phone")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: "#state[data-state=prompted]")
          try await page.signIn(to: house)
          try await page.visit("/transactions/1", of: house)
          try await page.wait(until: "it is settled") {
            if try await page.has(".status.pending") { try await page.press("Ask Safaricom now", for: ".notice") }
            return try await page.text("h1 .status") == "completed"
          }
          let story = try await page.text(".timeline") ?? ""
          #expect(story.contains("Safaricom's answer when asked"), "\(story)")
          try await page.check("payment-asked")
        }
      }
    }
  }
}
