import Daraja
import Payments
import Store
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Deliveries, Sources and Settings in a browser", .timeLimit(.minutes(3))) struct ConsoleOperationsTests {
    /// A webhook that was not taken. Of just now: one without an address is given up after days.
    private static func parked(_ house: WebHouse) async throws -> OutboxEntry {
      let order = try await house.order()
      let now = house.now
      _ = try await house.store.openPush(
        order: order.id, phone: try MSISDN("0712345149"), createdBy: "7", rules: AdmissionRules(),
        firstQueryAt: now + 3_600_000_000,
        at: now)
      _ = try await house.store.settle(
        TransactionID(1),
        with: .pushAnswer(.accepted(merchantRequestID: "29115-1", checkoutRequestID: "ws_CO_1")), nextQueryAt: nil,
        at: now)
      _ = try await house.store.settle(
        TransactionID(1), with: .queryAnswer(.result("1032", description: nil)), nextQueryAt: nil,
        at: now)
      let entry = try #require(try await house.store.outbox(OutboxFilter(), after: nil, limit: 1).first)
      let attempt = OutboxAttempt(
        at: now, duration: 42_000, status: 503,
        answer: "<h1>Service Unavailable</h1> no server is available")
      try await house.store.conclude(attempt, of: entry.id, .parked(note: "Not taken in 11 attempts."))
      return entry
    }

    private static func check(_ page: BrowserPage, _ name: String, _ state: String) async throws {
      try await page.shoot(name, state)
      try await page.expectAccessible()
      try await page.expectNoSidewaysScrolling()
    }

    @Test("Each page is accessible and fits, and its forms do what they say", arguments: [Visitor.phone, .desk])
    func pages(visitor: Visitor) async throws {
      try await WebHouse.use { house in
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          try await page.open(house.baseURL + "/console/deliveries")
          try await Self.check(page, "deliveries", "empty")
          let entry = try await Self.parked(house)
          try await house.store.add([
            SourceCount(
              address: "203.0.113.9", deliveries: 4, proven: 3, firstSeen: 1_795_512_600_000_000,
              lastSeen: 1_795_512_600_000_000),
            SourceCount(
              address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", deliveries: 2, wrongTokens: 2,
              firstSeen: 1_795_512_600_000_000, lastSeen: 1_795_512_600_000_000),
          ])
          try await page.open(house.baseURL + "/console/deliveries?state=parked")
          try await Self.check(page, "deliveries", "parked")
          try await page.click("table.list tbody a")
          try await page.wait(for: ".bytes")
          try await Self.check(page, "webhook", "parked")
          try await page.press("Send it again")
          try await page.wait(for: "input[name=reason]")
          try await Self.check(page, "webhook", "resend")
          try await page.type("The shop was down", into: "input[name=reason]")
          try await page.press("Send again")
          try await page.wait(for: ".notice")
          #expect(try await house.store.outboxEntry(entry.id)?.state != .parked)
          try await page.open(house.baseURL + "/console/sources")
          try await Self.check(page, "sources", "list")

          try await page.open(house.baseURL + "/console/settings")
          try await Self.check(page, "settings", "list")
          try await page.open(house.baseURL + "/console/settings/change?setting=mpesa_webhook_secret,mpesa_webhook_url")
          try await Self.check(page, "settings", "change")
          try await page.press("See what it means")
          try await page.wait(for: "input[type=password]")
          try await Self.check(page, "settings", "decision")

          try await page.open(house.baseURL + "/console/settings/connection")
          try await page.press("Test it now")
          try await page.wait(until: "the end is told") { try await page.text("#steps-end") != "" }
          #expect(try await page.text("[data-step=token] .status") == "passed")
          #expect(try await page.text("[data-step=account] .status") == "passed")
          try await Self.check(page, "connection", "tried")
        }
      }
    }

    @Test("Without scripts the test of the connection is a page") func withoutScripts() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(.desk.with { $0.runsScripts = false }) { page in
          try await page.signIn(to: house)
          try await page.open(house.baseURL + "/console/settings/connection")
          #expect(try await page.text("[data-step=token] .status") == "not tried")
          try await page.press("Test it now")
          try await page.wait(until: "it was tried") { try await page.text("[data-step=token] .status") == "passed" }
          #expect(try await page.text("#steps-end") == "The way to Safaricom is open.")
        }
      }
    }
  }
}
