import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Every state of the checkout", .timeLimit(.minutes(3))) struct CheckoutStateTests {
    /// States whose pictures are taken in the dark, too: one of each colour.
    static let dark: Set = ["ready", "prompted", "paid", "cancelled", "still-checking"]

    @Test("One heading, one action, WCAG 2.2 AA in light and dark, nothing wider than the phone")
    func english() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(.phone) { phone in
          for scene in CheckoutScene.all {
            try await phone.seen(by: .phone).open(try await scene.make(house).url)
            try await Self.expect(scene, scene.english, phone)
            if let action = scene.action {
              let first = try await phone.texts("main button:not(.copy), main a.button").first
              #expect(first == action, "\(scene.name)")
            }
            if scene.isWaiting {
              #expect(try await phone.text("main")?.contains("You can try again in") == true, "\(scene.name)")
            }
            try await phone.expectAccessible()
            try await phone.expectLargeTargets()
            try await phone.shoot("checkout", scene.name)
            try await phone.seen(by: .desk).shoot("checkout", scene.name)
            for visitor in [Visitor.phone, .desk] {
              let night = try await phone.seen(by: visitor.with { $0.isDark = true })
              if visitor.isMobile { try await night.expectAccessible() }
              if Self.dark.contains(scene.name) { try await night.shoot("checkout", scene.name) }
            }
            try await phone.expectNothingRan()
          }
        }
      }
    }

    @Test("The browser's language, on a screen of 320 pixels") func swahili() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(Visitor.smallPhone.with { $0.languages = "sw-KE,sw,en" }) { phone in
          for scene in CheckoutScene.all {
            try await phone.open(try await scene.make(house).plainURL)
            try await Self.expect(scene, scene.swahili, phone)
            #expect(try await phone.attribute("lang", of: "html") == "sw")
            try await phone.expectAccessible()
            try await phone.expectNoSidewaysScrolling()
            try await phone.expectLargeTargets()
            try await phone.shoot("checkout-sw", scene.name)
          }
          try await phone.press("English")
          #expect(try await phone.text("h1") == CheckoutScene.all.last?.english)
          try await phone.press("Kiswahili")
          #expect(try await phone.text("h1") == CheckoutScene.all.last?.swahili)
        }
      }
    }

    @Test("At 200 %: a desk's page zoomed, and a phone with letters of twice the size", arguments: [false, true])
    func large(letters: Bool) async throws {
      let visitor = letters ? Visitor.phone.with { $0.letters = 32 } : .zoomedDesk
      try await WebHouse.use { house in
        try await Browser.visit(visitor) { page in
          for scene in CheckoutScene.all {
            try await page.open(try await scene.make(house).url)
            try await Self.expect(scene, scene.english, page)
            try await page.expectAccessible()
            try await page.expectNoSidewaysScrolling()
            if ["ready", "prompted", "paid", "still-checking"].contains(scene.name) {
              try await page.shoot(letters ? "checkout-large" : "checkout-zoomed", scene.name)
            }
          }
        }
      }
    }

    @Test(
      "Without scripts: the same words and the same action, nothing that does nothing, a look every 10 s where something is awaited"
    )
    func withoutScripts() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(Visitor.phone.with { $0.runsScripts = false }) { page in
          for scene in CheckoutScene.all {
            try await page.open(try await scene.make(house).url)
            try await Self.expect(scene, scene.english, page)
            if let action = scene.action {
              #expect(
                try await page.texts("main button:not([hidden], .copy), main a.button").first == action, "\(scene.name)"
              )
            }
            let idle = try await page.shows("[data-copy], [data-print], .remember, .leaving")
            #expect(!idle, "\(scene.name)")
            let looks = try await page.attribute("content", of: "meta[http-equiv=refresh]")
            #expect(looks == (scene.isAwaited || scene.isWaiting ? "10" : nil), "\(scene.name)")
            try await page.wait(until: "it is painted") {
              try await page.run("return performance.getEntriesByName('first-contentful-paint').length") == 1
            }
          }
        }
      }
    }

    @Test("Whoever asked for less motion sees none") func still() async throws {
      try await WebHouse.use { house in
        try await Browser.visit(Visitor.phone.with { $0.wantsLessMotion = true }) { page in
          for scene in CheckoutScene.all {
            try await page.open(try await scene.make(house).url)
            try await Self.expect(scene, scene.english, page)
            let moving = try await page.run(
              """
              const moves = (it) => getComputedStyle(it).transitionDuration.split(",").some((span) => parseFloat(span) > 0);
              return document.getAnimations().length + [...document.querySelectorAll("*")].filter(moves).length;
              """)
            #expect(moving == 0, "\(scene.name)")
          }
        }
      }
    }

    @Test("What is loaded, all in all, has less than 30 KB, and comes from here") func weight() async throws {
      try await WebHouse.use { house in
        try await Browser.visit { page in
          for scene in CheckoutScene.all {
            try await page.devTools("Network.clearBrowserCache")
            try await page.open(try await scene.make(house).url)
            let script = """
              const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
              return all.map((it) => [it.name, it.transferSize]);
              """
            let loaded = try await page.run(script).list.map(\.list)
            let total = loaded.compactMap { $0.last?.number }.reduce(0, +)
            print("checkout, \(scene.name): \(Int(total)) bytes in \(loaded.count) answers")
            #expect(total > 10_000 && total < 30_000, "\(scene.name): \(total)")
            let foreign = loaded.compactMap { $0.first?.text }.filter { !$0.hasPrefix(house.baseURL) }
            #expect(foreign == [])
          }
        }
      }
    }

    static func expect(
      _ scene: CheckoutScene, _ title: String, _ page: BrowserPage, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      #expect(
        try await page.attribute("data-state", of: "#state") == scene.state, "\(scene.name)",
        sourceLocation: sourceLocation)
      #expect(try await page.texts("h1") == [title], "\(scene.name)", sourceLocation: sourceLocation)
      #expect(try await page.text(".amount") == "KES 1,500", sourceLocation: sourceLocation)
      #expect(try await page.text(".merchant") == WebHouse.merchant, sourceLocation: sourceLocation)
    }
  }
}
