import Daraja
import Foundation
import Payments
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Strangers' texts at the checkout", .timeLimit(.minutes(2))) struct CheckoutHostileTests {
    /// Each would run, if it were markup or left its attribute.
    static let texts = [
      #"<img src=x onerror="window.pwned=1">"#, #""><svg onload="window.pwned=1">"#,
      #"</script><script>window.pwned=1</script>"#, #"' autofocus onfocus='window.pwned=1' x='"#,
      #"{{{title}}}<iframe srcdoc="<script>parent.pwned=1</script>">"#, #"</title><style>*{display:none}</style>"#,
    ]

    @Test(
      "Nothing of them runs: as name, purpose, number, address, in the address line; when loaded, and when the page changes"
    )
    func nothingRuns() async throws {
      let name = #""><svg onload="window.pwned=1"><img src=x onerror='pwned=1'>"#
      try await WebHouse.use(settings: [.merchantName: name]) { house in
        try await Browser.visit { page in
          for text in Self.texts {
            for scene in CheckoutScene.all where ["ready", "paid", "still-checking"].contains(scene.name) {
              let order = try await Self.make(scene, text, in: house)
              let query = Self.encoded(text)
              try await page.open(order.plainURL + "?lang=\(query)&said=\(query)#\(query)")
              #expect(try await page.attribute("data-state", of: "#state") == scene.state)
              try await Self.expectOnlyText(text, name, page)
              if scene.name == "paid" { try await page.shoot("checkout", "hostile") }
            }
            let order = try await Self.make(CheckoutScene.all[0], text, in: house)
            try await page.open(order.url)
            try await page.run("document.querySelector('#phone').maxLength = 500")
            try await page.type(text, into: "#phone")
            try await page.press("Pay KES 1,500")
            try await page.wait(for: ".problem")
            #expect(try await page.property("value", of: "#phone").text == text)
            try await Self.expectOnlyText(text, name, page)
            try await page.clear("#phone")
            try await page.type(String(WebHouse.phone(of: order).dropFirst(3)), into: "#phone")
            try await page.press("Pay KES 1,500")
            try await page.wait(for: ".card.paid")
            try await Self.expectOnlyText(text, name, page)
          }
        }
      }
    }

    private static func expectOnlyText(_ text: String, _ name: String, _ page: BrowserPage) async throws {
      #expect(try await page.text(".purpose") == text)
      #expect(try await page.text(".merchant") == name)
      #expect(
        try await page.count("main img, main iframe, main style, main script, main [onload], main [onfocus]") == 0)
      try await page.expectNothingRan()
    }

    @Test("The longest texts that are taken break nothing on the smallest screen") func long() async throws {
      let long = "Umeme" + String(repeating: "wa", count: 27)
      try await WebHouse.use(settings: [.merchantName: String(long.prefix(60))]) { house in
        try await Browser.visit(.smallPhone) { page in
          for scene in CheckoutScene.all {
            let order = try await scene.make(
              house, amount: "249999", reference: "WWWWWWWWWWWW", description: String(repeating: "W", count: 100),
              success: "/" + String(repeating: "x", count: 300))
            try await page.open(order.url)
            try await page.expectNoSidewaysScrolling()
            if ["ready", "paid", "still-checking"].contains(scene.name) {
              try await page.shoot("checkout-long", scene.name)
            }
          }
          try await page.open(house.baseURL + "/checkout/1.forged")
          #expect(try await page.text("h1") == "This link does not work")
          try await page.expectAccessible()
          try await page.press("Kiswahili", for: "html[lang=sw]")
          try await page.expectAccessible()
          try await page.press("English", for: "html[lang=en]")
          try await page.expectNoSidewaysScrolling()
          try await page.seen(by: .phone).shoot("checkout", "unknown")
          try await page.seen(by: .desk).shoot("checkout", "unknown")
        }
      }
    }

    private static func make(
      _ scene: CheckoutScene, _ text: String, in house: WebHouse
    ) async throws -> WebHouse.Placed {
      try await scene.make(
        house, description: text, success: "/?a='b'&lt;c=%22%3E%3Cscript%3E",
        cancel: "/?javascript:window.pwned=1'&#x27;")
    }

    private static func encoded(_ text: String) -> String {
      text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
  }
}
