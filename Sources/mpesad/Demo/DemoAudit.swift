import DarajaSimulator

/// Looks at every story once more when all are over: what was right when it ended must have stayed so.
struct DemoAudit: Sendable {
  let house: DemoHouse
  let shop: ShopClient

  /// One row a story, in the simulator's order.
  func rows(_ performances: [Story: Result<Play.Performance, any Error>]) async throws -> [DemoRow] {
    let events = Dictionary(grouping: await house.simulator.events) { $0.phone ?? "" }
    var endings: [Story: Result<Ending, any Error>] = [:]
    for (story, performance) in performances {
      switch performance {
      case .success(let performance): endings[story] = .success(try await house.ending(of: performance, shop))
      case .failure(let error): endings[story] = .failure(error)
      }
    }
    let receipts = endings.values.compactMap { try? $0.get().receipt }
    return Story.allCases.map { story in
      let sayings = Sayings.line(events[story.phone] ?? [])
      switch endings[story] {
      case .success(let ending):
        var row = DemoRow(story, ExpectedEnding.of(story), ending, sayings: sayings)
        if let receipt = ending.receipt, receipts.count(where: { $0 == receipt }) > 1 {
          row.differences.append("receipt: expected one of its own, got \(receipt), which another payment has too")
        }
        return row
      case .failure(let error): return DemoRow(story, failed: error, sayings: sayings)
      case nil: return DemoRow(story, failed: DemoError.interrupted, sayings: sayings)
      }
    }
  }
}
