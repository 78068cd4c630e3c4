import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Both faces open in a browser", .timeLimit(.minutes(2))) struct SmokeTests {
    @Test("A shopper pays at the checkout") func checkout() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await Browser.visit { page in
          try await page.open(order.url)
          #expect(try await page.text("h1") == "Pay with M‑Pesa")
          try await page.expectAccessible()
          try await page.type("0712345149", into: "#phone")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card.paid")
          #expect(try await page.text("h1") == "Paid")
          try await page.expectAccessible()
        }
      }
    }

    @Test("An operator signs in to the console with a link") func console() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(.desk) { page in
          try await page.open(try await house.consoleLink())
          try await page.wait(until: "the code is filled in") {
            try await page.property("value", of: "#link").text != ""
          }
          try await page.press("Sign in")
          try await page.wait(for: "nav[aria-label=Console]")
          #expect(try await page.text("h1") == "Today")
        }
      }
    }
  }
}
