import DarajaSimulator
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Paying in a browser", .timeLimit(.minutes(2))) struct CheckoutPayingTests {
    @Test("From the amount to the receipt on one open page: focus and words go along, then the shop")
    func pays() async throws {
      try await WebHouse.use { house in
        let order = try await house.order(success: house.shopURL + "/thanks")
        try await Browser.visit { page in
          try await page.hurry(4)
          try await page.runFirst("window.print = () => { window.printed = true; };")
          try await page.open(order.url)
          try await page.type("0712345149", into: "#phone")
          #expect(try await page.property("value", of: "#phone").text == "0712 345 149")
          #expect(try await page.attribute("inputmode", of: "#phone") == "tel")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card.paid")
          let receipt = try #require(try await house.store.transaction(.init(1))?.receipt?.text)
          #expect(try await page.texts(".facts dd").first?.hasPrefix(receipt) == true)
          #expect(try await page.texts(".facts dd").contains("KES 1,500"))
          #expect(try await page.focus == "h1 Paid")
          #expect(try await page.run("return document.getElementById('live').textContent") == "Paid")
          #expect(try await page.title == "Paid · Duka la Asha")
          try await page.press("Print")
          #expect(try await page.run("return window.printed").isTrue)
          try await page.devTools(
            "Browser.grantPermissions", ["permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]])
          try await page.click("[data-copy]")
          try await page.wait(until: "the button says so") { try await page.text("[data-copy]") == "Copied" }
          #expect(try await page.runAsync("navigator.clipboard.readText().then(done)").text == receipt)
          try await page.wait(until: "the shop's page") { try await page.address == house.shopURL + "/thanks" }
          try await page.back()
          try await page.wait(for: ".card.paid")
          #expect(try await page.shows(".leaving") == false, "whoever comes back may stay")
          try await page.press("Back to the shop")
          #expect(try await page.address == house.shopURL + "/thanks")
        }
      }
    }

    @Test("By keyboard alone: what has the focus is seen, and Enter pays") func keyboard() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await Browser.visit(.desk) { page in
          try await page.open(order.url)
          var stops: [String] = []
          while stops.last != "input phone", stops.count < 5 {
            try await page.keys(BrowserPage.Key.tab)
            stops.append(try await page.focus)
            let outline = try await page.run("return getComputedStyle(document.activeElement).outlineStyle").text
            #expect(outline != "none", "\(stops)")
          }
          #expect(stops.last == "input phone", "\(stops)")
          try await page.keys("0712345149" + BrowserPage.Key.enter)
          try await page.wait(for: ".card.paid")
          #expect(try await page.focus == "h1 Paid")
        }
      }
    }

    @Test("Whoever wants to stay with the receipt may") func stays() async throws {
      try await WebHouse.use { house in
        let order = try await house.order(success: house.shopURL + "/thanks")
        try await house.paid(order)
        try await Browser.visit { page in
          try await page.open(order.url)
          #expect(try await page.text(".leaving")?.hasPrefix("Taking you back to the shop in ") == true)
          try await page.press("Stay here")
          #expect(try await page.shows(".leaving") == false)
          #expect(try await page.focus == "h1 Paid")
        }
      }
    }

    @Test("A receipt is printed without buttons") func printed() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await house.paid(order)
        try await Browser.visit(.desk) { page in
          try await page.open(order.url)
          try await page.devTools("Emulation.setEmulatedMedia", ["media": "print"])
          let shown = try await page.shows("button, footer, .stage")
          #expect(!shown)
          #expect(try await page.text(".facts")?.contains(WebHouse.receipt(of: order)) == true)
          try await page.shoot("checkout", "printed")
        }
      }
    }

    @Test("A number that cannot be right is told beside the field and above; the focus goes there and the text stays")
    func wrongNumber() async throws {
      try await WebHouse.use { house in
        for runsScripts in [true, false] {
          let order = try await house.order()
          try await Browser.visit(Visitor.phone.with { $0.runsScripts = runsScripts }) { page in
            try await page.open(order.url)
            try await page.type("0712 345", into: "#phone")
            try await page.press("Pay KES 1,500")
            try await page.wait(for: ".problem")
            #expect(try await page.text("#phone-problem") == "Enter a Safaricom number such as 0712 345 678.")
            #expect(try await page.property("value", of: "#phone").text == "0712 345")
            if runsScripts {
              #expect(try await page.focus.hasPrefix("div"))
              try await page.expectAccessible()
              try await page.shoot("checkout", "wrong-number")
              try await page.seen(by: .desk).shoot("checkout", "wrong-number")
            }
            try await page.clear("#phone")
            try await page.type("+254 712 345 149", into: "#phone")
            try await page.press("Pay KES 1,500")
            try await page.wait(for: ".card:not(.ready)")
          }
        }
      }
    }

    @Test("After a refusal: again on the same phone with one press, or on another one") func again() async throws {
      try await WebHouse.use { house in
        try await house.simulator.program(phone: WebHouse.phone, story: .cancels)
        let order = try await house.order()
        try await Browser.visit { page in
          try await page.open(order.url)
          try await page.type("0712345149", into: "#phone")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card.cancelled")
          #expect(try await page.text(".lead") == "No money was taken.")
          try await house.simulator.program(phone: WebHouse.phone, story: .noMoney)
          try await page.press("Try again on")
          try await page.wait(for: ".card.insufficient-funds")
          try await page.press("Use another number")
          try await page.shoot("checkout", "other-number")
          try await page.type("0110 000 200", into: "#phone")
          try await page.click(".pay button")
          try await page.wait(for: ".card.paid")
          #expect(try await page.run("return document.documentElement.outerHTML").text?.contains("712345149") == false)
        }
      }
    }

    @Test("While the guard admits none there is no button, but the time until then, and after it the button")
    func guarded() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await house.ended(order, "1032", secondsAgo: 130)
        try await Browser.visit { page in
          // Its prompt is over in 3 s.
          try await house.prompted(house.order(), phone: WebHouse.phone(of: order), secondsAgo: 117)
          try await page.open(order.url)
          #expect(try await page.text("[data-wait]")?.contains("You can try again in 0:0") == true)
          #expect(try await page.has("form") == false)
          try await page.wait(until: "the button is there") { try await page.has("form [name=again]") }
          #expect(try await page.attribute("data-state", of: "#state") == "cancelled")
        }
      }
    }

    @Test("Leaving leads to the shop; where a prompt is under way nothing speaks of cancelling") func leaves()
      async throws
    {
      try await WebHouse.use { house in
        let order = try await house.order(cancel: house.shopURL + "/cart?from=pay")
        try await Browser.visit { page in
          try await page.open(order.url)
          try await page.press("Cancel and go back to the shop")
          #expect(try await page.address == house.shopURL + "/cart?from=pay")
          try await page.back()
          try await house.prompted(order)
          try await page.reload()
          #expect(try await page.text(".leave") == "Back to the shop")
          try await page.press("Back to the shop")
          #expect(try await page.address == house.shopURL + "/cart?from=pay")
        }
      }
    }

    @Test("The number is remembered for those who want it, on their device only") func remembers() async throws {
      try await WebHouse.use { house in
        let (first, second) = (try await house.order(), try await house.order())
        try await Browser.visit { page in
          try await page.open(first.url)
          try await page.type("0712345149", into: "#phone")
          try await page.press("Remember my number")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card.paid")
          try await page.open(second.url)
          #expect(try await page.property("value", of: "#phone").text == "0712 345 149")
          try await page.press("Remember my number")
          try await page.reload()
          #expect(try await page.property("value", of: "#phone").text == "")
        }
      }
    }

    @Test("Without scripts a payment comes to its receipt by itself, too") func withoutScripts() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await Browser.visit(Visitor.phone.with { $0.runsScripts = false }) { page in
          try await page.open(order.url)
          try await page.type("0712345149", into: "#phone")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card:not(.ready)")
          try await page.wait(for: ".card.paid")
          try await page.reload()
          #expect(try await page.text("h1") == "Paid")
        }
      }
    }
  }
}
