import Payments
import Store
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Every page of the console", .timeLimit(.minutes(3))) struct ConsoleLooksTests {
    /// What pictures are called, and where they are taken.
    private static let empty = [
      ("today-empty", "/"), ("transactions-empty", "/transactions"), ("inbox-empty", "/inbox"),
      ("deliveries-empty", "/deliveries"), ("sources-empty", "/sources"), ("nothing", "/nothing"),
    ]
    private static let filled = [
      ("today", "/"), ("transactions", "/transactions"), ("transactions-review", "/transactions?status=review"),
      ("payment-paid", "/transactions/1"), ("payment-review", "/transactions/2"),
      ("payment-cancelled", "/transactions/3"),
      ("payment-pending", "/transactions/4"), ("payment-unanswered", "/transactions/5"),
      ("inbox", "/inbox?state=all"), ("delivery-unmatched", "/inbox/1"), ("delivery-quarantined", "/inbox/2"),
      ("deliveries", "/deliveries"), ("sources", "/sources"),
      ("settings", "/settings"), ("setting", "/settings/change?setting=mpesa_webhook_url"),
      ("connection", "/settings/connection"), ("audit", "/audit"),
    ]

    @Test("Fits on a phone and on a desk, in light and dark, is accessible, and shows where one is")
    func looks() async throws {
      try await WebHouse.use { house in
        try await Browser.visit { page in
          try await page.signIn(to: house)
          for (name, path) in Self.empty { try await Self.look(page, house, name, path) }
          try await Self.fill(house)
          for (name, path) in Self.filled { try await Self.look(page, house, name, path) }
          let webhook = try #require(try await house.store.outbox(OutboxFilter(), after: nil, limit: 1).first)
          try await Self.look(page, house, "webhook", "/deliveries/\(webhook.id)")
        }
      }
    }

    private static func look(_ phone: BrowserPage, _ house: WebHouse, _ name: String, _ path: String) async throws {
      try await phone.visit(path, of: house)
      #expect(try await phone.count("h1") == 1, "\(path)")
      for visitor in [Visitor.phone, .desk] {
        let day = try await phone.seen(by: visitor)
        try await day.expectNoSidewaysScrolling()
        try await day.shoot("console", name)
        if visitor.isMobile {
          let cut =
            "return [...document.querySelectorAll('.scroll:has(.list)')].filter((it) => it.scrollWidth > it.clientWidth).length"
          #expect(try await day.run(cut).number == 0, "\(path): a list's cards are whole on a phone")
          try await day.expectAccessible()
          try await day.expectLargeTargets()
        }
        let night = try await phone.seen(by: visitor.with { $0.isDark = true })
        if !visitor.isMobile { try await night.expectAccessible() }
        try await night.shoot("console", name)
      }
      try await phone.expectPlaceShown()
      try await phone.expectNothingRan()
      _ = try await phone.seen(by: .phone)
    }

    /// One payment of each kind, deliveries, webhooks, callers and actions.
    private static func fill(_ house: WebHouse) async throws {
      try await house.paid(house.order())
      _ = try await house.reviewed(house.order(reference: "INV-1043"))
      try await house.ended(
        house.order(reference: "INV-1044", description: "A lamp, and a very long name of what is bought"), "1032")
      try await house.prompted(house.order(reference: "INV-1045"))
      _ = try await house.stray()
      try await house.quarantined("<!DOCTYPE html><html><head><title>Request unsuccessful</title></head></html>")
      try await house.store.add([
        SourceCount(
          address: "196.201.214.200", deliveries: 1_204, proven: 1_203, firstSeen: house.now - 86_400 * WebHouse.second,
          lastSeen: house.now),
        SourceCount(
          address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", deliveries: 2, wrongTokens: 2, firstSeen: house.now,
          lastSeen: house.now),
      ])
    }
  }
}

extension BrowserPage {
  /// That the current entry of the menu, and of tabs, is to be seen without moving them.
  fileprivate func expectPlaceShown() async throws {
    let phone = try await seen(by: .phone)
    try await phone.reload()
    let script = """
      const width = document.documentElement.clientWidth;
      return [...document.querySelectorAll("nav [aria-current]")].map((it) => it.getBoundingClientRect())
        .every((box) => box.left >= -1 && box.right <= width + 1);
      """
    let address = try await phone.address
    try await phone.wait(until: "the menu shows where one is: \(address)", within: 2) {
      try await phone.run(script).isTrue
    }
  }
}
