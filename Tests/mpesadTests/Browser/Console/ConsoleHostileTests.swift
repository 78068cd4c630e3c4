import Daraja
import Foundation
import Payments
import Store
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Strangers' texts in the console", .timeLimit(.minutes(3))) struct ConsoleHostileTests {
    @Test("Nothing of them runs, whoever wrote them and on whatever page they stand") func nothingRuns() async throws {
      let all = CheckoutHostileTests.texts.joined(separator: " ") + Self.turned
      try await WebHouse.use(settings: [.merchantName: CheckoutHostileTests.texts[1]]) { house in
        try await Self.fill(house, all)
        try await Browser.visit(.desk) { page in
          try await page.signIn(to: house)
          let hostile = all.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
          let webhooks = try await house.store.outbox(OutboxFilter(), after: nil, limit: 9).map {
            "/deliveries/\($0.id)"
          }
          #expect(webhooks.count > 1)
          for path in Self.pages(hostile) + webhooks {
            try await page.visit(path, of: house)
            try await page.wait(for: "h1")
            try await page.expectOwnMarkup(path)
          }
          for (path, button, sign) in [
            ("/inbox/1", "Show the bytes", "pre.bytes"), ("/transactions/1", "Show the phone number", "h1"),
            ("/inbox/1", "Replay it", ".consequence"),
          ] {
            try await page.visit(path, of: house)
            try await page.press(button, for: sign)
            try await page.expectOwnMarkup("\(path) \(button)")
          }
          try await Self.type(CheckoutHostileTests.texts, page, house)
        }
      }
    }

    /// Turns the direction of what follows, and asks a template for the session's token.
    private static let turned = " \u{202E}{{csrf}} {{{csrf}}}"

    /// Each page there is, with hostile addresses.
    private static func pages(_ hostile: String) -> [String] {
      [
        "/", "/transactions", "/transactions?status=\(hostile)", "/transactions?order=\(hostile)&payer=\(hostile)",
        "/transactions?after=\(hostile)&from=\(hostile)", "/transactions/1", "/transactions/2",
        "/transactions/\(hostile)",
        "/inbox?state=all", "/inbox?state=\(hostile)", "/inbox/1", "/inbox/2", "/deliveries",
        "/deliveries?event=\(hostile)&order=\(hostile)", "/deliveries/1", "/sources", "/settings",
        "/settings/change?setting=mpesa_webhook_url", "/settings/change?setting=\(hostile)", "/settings/connection",
        "/audit", "/audit?before=\(hostile)", "/\(hostile)", "/audit#\(hostile)",
      ]
    }

    /// A text in every place that somebody else fills.
    private static func fill(_ house: WebHouse, _ text: String) async throws {
      let short = String(text.prefix(90))
      let payment = try await house.prompted(
        house.order(reference: "<b>\"'&", description: short, success: house.shopURL + "/?a='b'&c=%22%3E%3Cscript%3E"))
      let callback = STKCallback(
        checkoutRequestID: DeskRig.checkout(payment), resultCode: ResultCode("1'><b>"), resultDescription: text,
        amount: nil,
        receipt: nil)
      try await house.settle(payment, .callback(callback, .token), at: house.now)
      let other = try await house.reviewed(house.order(description: String(short.prefix(60)) + turned))
      _ = try await house.perform(
        ResolveTransaction(transaction: other.id.number, ruling: .completed, reason: short, isDryRun: false))
      try await house.quarantined(text, reason: text)
      _ = try await house.stray()
      try await house.store.record([
        .init(at: house.now, actor: text, what: text, transaction: payment.id, why: text)
      ])
      for entry in try await house.store.outbox(OutboxFilter(), after: nil, limit: 9) {
        let attempt = OutboxAttempt(at: house.now, duration: 42_000, status: 503, answer: text)
        try await house.store.conclude(attempt, of: entry.id, .parked(note: text))
      }
      try await post(text, to: house)
    }

    /// A delivery to the bare address, hostile in body and headers.
    private static func post(_ text: String, to house: WebHouse) async throws {
      let body = #"{"Body":{"stkCallback":{"CheckoutRequestID":"\#(text.replacing("\"", with: "\\\""))"}}}"#
      let headers = ["user-agent", "x-forwarded-for", "x-real-ip", "referer", "origin"].map { ($0, text) }
      let answer = try await ConsoleBrowser(port: house.port)
        .post("/api/payments/transactions/mpesa_callback/", body, Dictionary(uniqueKeysWithValues: headers))
      #expect(answer.status == 200)
    }

    /// Types the texts where an operator types.
    private static func type(_ texts: [String], _ page: BrowserPage, _ house: WebHouse) async throws {
      for text in texts {
        try await page.visit("/transactions", of: house)
        try await page.type(text, into: "#search")
        try await page.press("Search", for: "h1")
        try await page.expectOwnMarkup("search \(text)")
      }
      try await page.visit("/inbox/2", of: house)
      try await page.type(texts[0], into: "input[name=reason]")
      try await page.press("See what it means", for: ".consequence")
      try await page.expectOwnMarkup("match")
      try await page.visit("/settings/change?setting=mpesa_webhook_url", of: house)
      try await page.clear("input[name='value[mpesa_webhook_url]']")
      try await page.type(texts[1], into: "input[name='value[mpesa_webhook_url]']")
      try await page.press("See what it means", for: "h1")
      try await page.expectOwnMarkup("setting")
    }
  }
}

extension BrowserPage {
  /// That a page has no element and no attribute of a stranger's, and nothing ran or was kept from it.
  fileprivate func expectOwnMarkup(_ what: String) async throws {
    let foreign = try await count(
      "main img, main iframe, main style, main script, main svg:not(.chart), main b:not([class]):not(.card b), [onload], [onerror], [onfocus], main [autofocus], [srcdoc]"
    )
    #expect(foreign == 0, "\(what)")
    let (hasMenu, hasHeading) = (try await has("nav[aria-label=Console]"), try await shows("h1"))
    #expect(hasMenu && hasHeading, "\(what) is whole")
    let token = try await property("value", of: "[name=csrf]").text ?? ""
    let text = try await text() ?? ""
    #expect(token.count == 64 && !text.contains(token), "\(what) fills in no braces of a stranger")
    #expect(!text.unicodeScalars.contains("\u{202E}"), "\(what) reads in one direction")
    try await expectNothingRan()
  }
}
