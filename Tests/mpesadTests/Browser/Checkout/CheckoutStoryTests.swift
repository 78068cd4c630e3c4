import DarajaSimulator
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("What shoppers see of the stories", .timeLimit(.minutes(2))) struct CheckoutStoryTests {
    /// The state that a page has come to when a story is over.
    static func end(of story: Story) -> String {
      switch story {
      case .pays, .callbackNever, .callbackTwice, .callbackFirst, .answerLost, .lateSuccess, .rawLineFeed, .emptyBody,
        .pendingThenFinal, .noiseAfterFinal:
        "paid"
      case .cancels: "cancelled"
      case .noMoney: "insufficient-funds"
      case .wrongPIN: "wrong-pin"
      case .stringCode: "failed"
      // Nobody answered the prompt, whatever a stranger said.
      case .ignores, .forged: "unreachable"
      // Another amount came; or nobody knows what became of the prompt.
      case .otherAmount, .blockPage: "review"
      }
    }

    @Test("Each is paid at its page and watched to its end, and none ends as something that it was not")
    func all() async throws {
      try await WebHouse.use(pace: 0.03) { house in
        try await Browser.visit { page in
          var tabs: [(story: Story, tab: String)] = []
          for story in DemoProgramme.arrivals {
            let order = try await house.order(description: story.summary)
            try await page.openTab()
            try await page.open(order.url)
            try await page.type(String(story.phone.dropFirst(3)), into: "#phone")
            try await page.press("Pay KES 1,500")
            tabs.append((story, try await page.tab))
          }
          for (story, tab) in tabs {
            try await page.move(to: tab)
            try await page.wait(until: "\(story) has come to its end", within: 40) {
              try await page.attribute("data-state", of: "#state") == Self.end(of: story)
            }
            try await page.expectNothingRan()
          }
        }
      }
    }
  }
}
