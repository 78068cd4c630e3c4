import DarajaSimulator

/// One story, played over HTTP as a shop and its shopper would: an order, a prompt, and looking at the status until it has ended.
struct Play: Sendable {
  /// What every order of the demo costs.
  static let amount = "1500.00"

  let story: Story
  let shop: ShopClient
  let house: DemoHouse
  let progress: DemoProgress

  /// The numbers under which the story can be found, and what the shop was told at first.
  struct Performance: Sendable {
    var order: Int64
    var transaction: Int64
    var prompt: PromptAnswer
  }

  /// Plays until the story has ended as it must, or until its time is up: what was wrong then shows in the store.
  func run() async throws -> Performance {
    let place = (Story.allCases.firstIndex(of: story) ?? 0) + 1
    let order = try await shop.createOrder(amount: Self.amount, description: story.summary, reference: "DEMO-\(place)")
    let (prompt, transaction) = try await shop.prompt(order: order, phone: story.phone)
    progress.tell(story, prompt == .sent ? "prompt sent" : "prompt uncertain, the answer was lost")
    let performance = Performance(order: order, transaction: transaction, prompt: prompt)
    let deadline = ContinuousClock.now + house.pace.deadline
    let expectation = ExpectedEnding.of(story)
    var known: PaymentView?
    while ContinuousClock.now < deadline {
      let view = try await shop.status(transaction)
      if view != known, view.status != "pending" { progress.tell(story, view) }
      known = view
      if expectation.isReached(view), try await house.ending(of: performance, shop).deliveries >= expectation.deliveries
      {
        break
      }
      try await Task.sleep(for: house.pace.real(DemoPace.look))
    }
    return performance
  }
}
