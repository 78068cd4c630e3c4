import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("The console by keyboard", .timeLimit(.minutes(1))) struct ConsoleKeyTests {
    @Test("/ searches, j and k move, Enter opens, ? helps, and in a field keys are letters") func keys() async throws {
      try await WebHouse.use { house in
        for _ in 0..<3 { try await house.paid(house.order()) }
        try await Browser.visit(.desk) { page in
          try await page.signIn(to: house)
          try await page.visit("/transactions", of: house)
          try await page.keys("/")
          #expect(try await page.focus == "input search")
          try await page.keys("jk?/")
          #expect(try await page.property("value", of: "#search").text == "jk?/")
          #expect(try await !page.shows("dialog"))
          try await page.run("document.activeElement.blur()")

          try await page.keys("jjjjk")
          #expect(try await page.text("tr.current td") == "2", "the list ends at its last line")
          #expect(try await page.focus == "a 2")
          try await page.check("keys-line")
          try await page.keys("?")
          #expect(try await page.shows("dialog#help"))
          try await page.check("keys-help")
          try await page.keys(BrowserPage.Key.escape)
          #expect(try await !page.shows("dialog#help"))
          try await page.keys(BrowserPage.Key.enter)
          try await page.wait(until: "the payment is open") {
            try await page.text("h1")?.hasPrefix("Payment 2") == true
          }

          try await page.keys(BrowserPage.Key.tab)
          #expect(try await page.focus == "a Skip to the content")
          try await page.keys(BrowserPage.Key.enter)
          #expect(try await page.address.hasSuffix("#main"))
        }
      }
    }
  }
}
