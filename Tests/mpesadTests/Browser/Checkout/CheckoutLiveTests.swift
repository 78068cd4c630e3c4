import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("An open checkout page stays true", .timeLimit(.minutes(2))) struct CheckoutLiveTests {
    @Test("A second tab and a second phone show the same truth, and so do reload and back") func everywhere()
      async throws
    {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await Browser.visit { first in
          try await Browser.visit { second in
            try await first.open(order.url)
            try await second.open(order.url)
            let tab = try await first.tab
            try await first.openTab()
            try await first.open(order.url)
            try await first.type("0712345149", into: "#phone")
            try await first.press("Pay KES 1,500")
            try await second.wait(for: ".card.paid")
            try await first.wait(for: ".card.paid")
            try await first.move(to: tab)
            try await first.wait(for: ".card.paid")
            #expect(try await house.prompts(for: order) == 1)
            for page in [first, second] {
              try await page.reload()
              #expect(try await page.text("h1") == "Paid")
              try await page.open("about:blank")
              try await page.back()
              try await page.wait(for: ".card.paid")
            }
          }
        }
      }
    }

    @Test("A page from before the prompt, found again with back, sends no second one") func backAndAgain() async throws
    {
      try await WebHouse.use { house in
        try await house.simulator.program(phone: WebHouse.phone, story: .ignores)
        let order = try await house.order()
        try await Browser.visit { page in
          try await page.open(order.url)
          try await page.type("0712345149", into: "#phone")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card.prompted")
          try await page.back()
          try await page.wait(until: "the page is true again") { try await !page.has("#phone") }
          #expect(try await house.prompts(for: order) == 1)
        }
      }
    }

    @Test("Events are cut off in the middle: the page asks by itself, as soon as it would be told again")
    func withoutEvents() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await CutLine.use(to: house.port) { line, port in
          try await Browser.visit { page in
            try await page.hurry(10)
            try await page.open(order.url.replacing(":\(house.port)/", with: ":\(port)/"))
            try await page.wait(for: "#phone")
            line.cut(.noEvents)
            try await page.wait(until: "the page asked for events in vain") { line.refusedEvents > 0 }
            try await house.paid(order)
            try await page.wait(for: ".card.paid")
            #expect(try await page.focus == "h1 Paid")
          }
        }
      }
    }

    @Test("The whole line is cut: the page says so and shows no lie; when it is back the truth comes by itself")
    func withoutAnything() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await house.prompted(order)
        try await CutLine.use(to: house.port) { line, port in
          try await Browser.visit { page in
            try await page.hurry(20)
            try await page.open(order.url.replacing(":\(house.port)/", with: ":\(port)/"))
            try await page.wait(for: ".card.prompted")
            try await page.run(
              "window.isTheSamePage = true; Object.defineProperty(navigator, 'onLine', { value: false });")
            line.cut(.nothing)
            try await page.wait(until: "the page says so") { try await page.shows("#lost") }
            #expect(try await page.text("#lost") == "No connection. Trying again…")
            #expect(try await page.has(".card.prompted"))
            try await page.expectAccessible()
            try await page.shoot("checkout", "no-connection")
            line.cut(.everything)
            try await page.wait(until: "the notice is gone") { try await !page.shows("#lost") }
            #expect(try await page.run("return window.isTheSamePage").isTrue)
          }
        }
      }
    }

    @Test("Where asking fails three times, the page is loaded again") func refreshes() async throws {
      try await WebHouse.use { house in
        let order = try await house.order()
        try await house.prompted(order)
        try await CutLine.use(to: house.port) { line, port in
          try await Browser.visit { page in
            try await page.hurry(20)
            try await page.open(order.url.replacing(":\(house.port)/", with: ":\(port)/"))
            try await page.wait(for: ".card.prompted")
            try await page.run(
              "window.isTheSamePage = true; window.fetch = async () => { throw new TypeError('cut'); };")
            line.cut(.noEvents)
            try await page.wait(until: "it is another page") {
              try await page.run("return window.isTheSamePage !== true && document.readyState === 'complete'").isTrue
            }
            #expect(try await page.has(".card.prompted"))
          }
        }
      }
    }

    @Test("The countdown ends nothing: what follows is checking, then still checking with another way to pay")
    func countdown() async throws {
      try await WebHouse.use { house in
        let (early, late) = (try await house.order(), try await house.order())
        try await house.prompted(early, secondsAgo: 88)
        try await Browser.visit { page in
          try await page.open(early.url)
          #expect(try await page.text("[role=timer]")?.hasPrefix("0:0") == true)
          try await page.wait(for: ".card.checking")
          #expect(try await page.focus == "h1 Checking your payment")
          #expect(try await page.text("main")?.contains("fail") == false)
          #expect(try await page.has(".manual") == false)
          try await house.prompted(late, secondsAgo: 119)
          try await page.open(late.url)
          try await page.wait(for: ".card.still-checking")
          #expect(
            try await page.texts(".manual dd").map { $0.prefix { !$0.isNewline } } == [
              "174379", "INV-1042", "KES 1,500",
            ])
          #expect(try await page.count(".manual [data-copy]") == 3)
          #expect(try await page.text("main")?.contains("fail") == false)
        }
      }
    }

    @Test("I have paid: check now asks Safaricom, and what it says is the end") func checksNow() async throws {
      // Nobody asks by himself within the test.
      try await WebHouse.use(settings: [.querySchedule: "3600"]) { house in
        try await house.simulator.program(phone: WebHouse.phone, story: .callbackNever)
        let order = try await house.order()
        try await Browser.visit { page in
          try await page.open(order.url)
          try await page.type("0712345149", into: "#phone")
          try await page.press("Pay KES 1,500")
          try await page.wait(for: ".card.prompted")
          try await page.wait(until: "Safaricom knows it") {
            if try await page.has(".card.paid") { return true }
            try await page.press("I have paid: check now")
            try await page.wait(for: "#state .notice, .card.paid")
            return false
          }
          #expect(try await page.has("#state .notice") == false, "no word of what is over")
          #expect(try await page.text(".facts")?.contains("In the message from M‑Pesa") == true)
          try await page.shoot("checkout", "paid-without-receipt")
        }
      }
    }
  }
}
