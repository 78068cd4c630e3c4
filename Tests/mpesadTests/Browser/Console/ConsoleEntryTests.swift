import Payments
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Who comes into the console", .timeLimit(.minutes(2))) struct ConsoleEntryTests {
    @Test("A link lets in once and never again, and stays in no address; who signs out is out, also when going back")
    func link() async throws {
      try await WebHouse.use { house in
        let link = try await house.consoleLink()
        try await Browser.visit { page in
          try await page.open(link)
          try await page.wait(until: "the code is filled in") {
            try await page.property("value", of: "#link").text != ""
          }
          #expect(try await page.address == house.baseURL + "/console/login", "the code has left the address")
          #expect(try await page.focus == "button Sign in")
          try await page.expectAccessible()
          try await page.shoot("console", "sign-in")
          try await page.seen(by: .desk).shoot("console", "sign-in")
          try await page.keys(BrowserPage.Key.enter)
          try await page.waitForConsole()
          #expect(try await page.text("h1") == "Today")
          let cookie = try await page.run("return document.cookie").text
          #expect(cookie == "", "no script can read the session")

          try await Browser.visit { stranger in
            try await stranger.open(link)
            try await stranger.wait(until: "the code is filled in") {
              try await stranger.property("value", of: "#link").text != ""
            }
            try await stranger.press("Sign in", for: ".problem")
            let problem = try await stranger.text(".problem") ?? ""
            #expect(problem.contains("This link was used already"))
            try await stranger.expectAccessible()
            try await stranger.shoot("console", "sign-in-refused")
            try await stranger.visit("/transactions", of: house)
            #expect(try await stranger.text("h1") == "Sign in")
          }

          try await page.visit("/audit", of: house)
          #expect(try await page.text("table") != nil)
          try await page.press("Sign out", for: ".gate")
          try await page.back()
          try await page.wait(for: ".gate")
          #expect(try await !page.has("table"), "what was seen before is kept nowhere")
        }
        let trail = try await house.trail()
        #expect(trail.contains { $0.contains("signed in") } && trail.contains { $0.contains("signed out") }, "\(trail)")
      }
    }

    @Test("The shop's staff come in with their token, its customers do not") func tokens() async throws {
      try await WebHouse.use(settings: [.jwtStaffClaim: "is_staff"]) { house in
        try await Browser.visit(.desk) { page in
          for isStaff in [false, true] {
            try await page.visit("/login", of: house)
            try await page.press("Sign in with a staff token")
            try await page.type(try await house.token(isStaff: isStaff), into: "#token")
            try await page.click("form:has(#token) button")
            try await page.wait(for: isStaff ? "nav[aria-label=Console]" : ".problem")
          }
          #expect(try await page.text(".who span") == "7 operator")
        }
      }
    }

    @Test("A form without the session's token is refused, and so is one that another site sends") func forged()
      async throws
    {
      try await WebHouse.use { house in
        let payment = try await house.reviewed(house.order())
        let path = "/transactions/\(payment.id)"
        try await Browser.visit { page in
          try await page.signIn(to: house)
          let own = try await page.property("value", of: "[name=csrf]").text ?? ""
          #expect(own.count == 64)
          for csrf in ["", String(repeating: "0", count: 64), String(own.dropLast())] {
            try await Self.weigh(path, page, house)
            try await page.run("document.querySelector('.decision [name=csrf]').value = arguments[0]", .string(csrf))
            try await page.click("button.danger")
            try await page.wait(until: "it is refused") {
              try await page.text("main")?.contains("Nothing was changed") == true
            }
          }
          try await page.check("forged")
          // Another site knows even the token; but the browser does not lend it the session.
          try await page.open(house.shopURL)
          try await page.send(
            house.baseURL + "/console" + path + "/ruling/commit",
            ["ruling": "completed", "reason": "x", "seen": "review"], csrf: own)
          #expect(try await page.text("h1") == "Sign in")
          #expect(try await house.store.transaction(payment.id)?.status == .review, "nothing came of any of them")

          try await Self.weigh(path, page, house)
          try await page.click("button.danger")
          try await page.wait(for: ".notice")
          #expect(
            try await house.store.transaction(payment.id)?.status == .completed, "left as it is, the form is taken")
        }
      }
    }

    /// The first step of a ruling.
    private static func weigh(_ path: String, _ page: BrowserPage, _ house: WebHouse) async throws {
      try await page.visit(path, of: house)
      try await page.click("input[value=completed]")
      try await page.type("I say so", into: "input[name=reason]")
      try await page.press("See what it means", for: ".consequence")
    }

    @Test("Who may only look sees no controls, and is refused what has none") func readOnly() async throws {
      try await WebHouse.use { house in
        let payment = try await house.reviewed(house.order())
        let delivery = try await house.quarantined("no JSON")
        try await Browser.visit { page in
          try await page.signIn(to: house, as: .readOnly)
          for path in ["/transactions/\(payment.id)", "/inbox/\(delivery)", "/inbox?state=quarantined", "/settings"] {
            try await page.visit(path, of: house)
            let buttons = try await page.texts("main button")
            #expect(buttons == [], "\(path)")
            #expect(try await page.has("h1"))
          }
          for path in [
            "/transactions/\(payment.id)/phone", "/transactions/\(payment.id)/ruling/commit", "/inbox/replay/commit",
          ] {
            try await page.visit("/transactions/\(payment.id)", of: house)
            try await page.send(
              "\(house.baseURL)/console\(path)", ["ruling": "completed", "reason": "x", "state": "quarantined"])
            let problem = try await page.text("main") ?? ""
            #expect(problem.contains("signed in to look only"), "\(path)")
          }
          try await page.check("refused")
          try await page.visit("/settings/change?setting=mpesa_webhook_url", of: house)
          #expect(try await page.text("main")?.contains("signed in to look only") == true)
        }
        #expect(try await house.store.transaction(payment.id)?.status == .review)
        #expect(try await house.store.delivery(delivery)?.state == .quarantined)
      }
    }
  }
}
