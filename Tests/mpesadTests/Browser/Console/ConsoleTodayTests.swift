import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Today, live", .timeLimit(.minutes(2))) struct ConsoleTodayTests {
    /// Keeps which event streams the page has open.
    private static let count = """
      const Real = EventSource;
      window.streams = 0;
      window.EventSource = class extends Real {
        constructor(...all) { super(...all); window.streams += 1; }
        close() { if (this.readyState !== 2) window.streams -= 1; super.close(); }
      };
      """

    @Test("Money that comes in is there without a reload; a hidden tab asks for nothing and catches up when seen")
    func live() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(.desk) { page in
          try await page.runFirst(Self.count)
          try await page.signIn(to: house)
          try await page.run("window.mark = 1")
          #expect(try await page.text("#money") == "KES 0.00")
          try await page.shoot("console", "today-empty")
          try await Self.pay(house, "254712345001")
          try await page.wait(until: "the money is there") { try await page.text("#money") == "KES 1,500.00" }
          #expect(try await page.run("return window.streams").number == 1)
          try await page.shoot("console", "today-live")

          try await page.hide(true)
          try await page.wait(until: "the stream is closed") { try await page.run("return window.streams").number == 0 }
          try await Self.pay(house, "254712345002")
          #expect(try await page.text("#money") == "KES 1,500.00", "nobody looks, so nothing is asked for")
          try await page.hide(false)
          try await page.wait(until: "it has caught up") { try await page.text("#money") == "KES 3,000.00" }
          #expect(try await page.run("return [window.streams, window.mark]").list.compactMap(\.number) == [1, 1])
        }
      }
    }

    /// A payment as it comes about, seen to its end by its shopper.
    private static func pay(_ house: WebHouse, _ phone: String) async throws {
      let order = try await house.order()
      try await Browser.visit { shopper in
        try await shopper.open(order.url)
        try await shopper.type(String(phone.dropFirst(3)), into: "#phone")
        try await shopper.press("Pay KES 1,500")
        try await shopper.wait(for: ".card.paid")
      }
    }
  }
}

extension BrowserPage {
  /// Has the page believe that its tab is hidden: headless browsers hide none.
  fileprivate func hide(_ isHidden: Bool) async throws {
    try await run(
      """
      Object.defineProperty(document, "hidden", { configurable: true, get: () => arguments[0] });
      document.dispatchEvent(new Event("visibilitychange"));
      """.replacing("arguments[0]", with: "\(isHidden)"))
  }
}
