import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Settings in the console", .timeLimit(.minutes(2))) struct ConsoleSettingTests {
    @Test(
      "A change is made in two steps with a reason, and a secret is replaced but in no page",
      arguments: ConsolePaymentTests.visitors)
    func change(visitor: Visitor) async throws {
      let secret = "whsec_bXBlc2FkIGJyb3dzZXIgdGVzdCBzZWNyZXQgMDAx"
      try await WebHouse.use { house in
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          try await page.visit("/settings/change?setting=mpesa_webhook_url,mpesa_webhook_secret", of: house)
          try await page.clear("input[name='value[mpesa_webhook_url]']")
          try await page.type("ftp://shop.example", into: "input[name='value[mpesa_webhook_url]']")
          try await page.press("See what it means", for: ".problem")
          try await page.check("setting-refused")
          try await page.clear("input[name='value[mpesa_webhook_url]']")
          try await page.type("https://shop.example/hooks", into: "input[name='value[mpesa_webhook_url]']")
          try await page.press("See what it means", for: "input[type=password]")
          #expect(try await !house.has("https://shop.example/hooks"), "the first step only looks")
          try await page.type(secret, into: "input[type=password]")
          try await page.type("The new shop", into: "input[name=reason]")
          try await page.click("button.danger")
          try await page.wait(for: ".notice")
          #expect(try await house.has("https://shop.example/hooks"), "it is in force")
          #expect(house.daemon.live.current.webhook.secrets.isEmpty == false)
          for path in ["/settings", "/settings/change?setting=mpesa_webhook_secret", "/audit"] {
            try await page.visit(path, of: house)
            let source = try await page.run("return document.documentElement.outerHTML").text ?? ""
            #expect(!source.contains(secret.dropFirst(6)), "\(path)")
          }
          let trail = try await page.text("table.list tbody") ?? ""
          #expect(trail.contains("mpesa_webhook_url") && trail.contains("The new shop"))
        }
      }
    }
  }
}

extension WebHouse {
  fileprivate func has(_ webhookURL: String) async throws -> Bool {
    daemon.live.current.webhook.url == webhookURL
  }
}
