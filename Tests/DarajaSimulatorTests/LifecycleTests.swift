import Logging
import ServiceLifecycle
import Testing

@testable import DarajaSimulator

@Suite struct LifecycleTests {
  @Test(.timeLimit(.minutes(1))) func callbacksInFlightEndWithTheSimulator() async throws {
    let elapsed = ContinuousClock()
    let reached = Announcement<Void>()
    let ended = Announcement<ContinuousClock.Instant>()
    try await Shop.open(
      answering: {
        reached.announce(.success(()))
        // A merchant who never answers; only the end of the test ends it.
        try await Task.sleep(for: .seconds(600))
      },
      { shop in
        _ = try await shop.push(Story.pays.phone, token: try await shop.token())
        try await reached.value
        ended.announce(.success(elapsed.now))
      })
    #expect(elapsed.now - (try await ended.value) < .seconds(5))
  }

  @Test(.timeLimit(.minutes(1))) func aGracefulShutdownEndsItWithCallbacksToCome() async throws {
    var configuration = SimulatorConfiguration.quick
    configuration.pace = 1
    configuration.delays.pushAnswer = .zero
    let simulator = try DarajaSimulator(configuration, logger: .quiet)
    let group = ServiceGroup(configuration: .init(services: [simulator], logger: .quiet))
    let running = Task { try await group.run() }
    let inbox = Shop.Inbox(answers: {})
    let shop = Shop(
      simulator: simulator, api: try await simulator.baseURL, address: "http://127.0.0.1:9", inbox: inbox)
    #expect(try await shop.push("254712345678", token: try await shop.token()).status == 200)
    let start = ContinuousClock.now
    await group.triggerGracefulShutdown()
    try await running.value
    #expect(ContinuousClock.now - start < .seconds(3))
    await #expect(throws: (any Error).self) { try await shop.token() }
  }

  @Test(.timeLimit(.minutes(1))) func aMerchantWhoIsDownIsNotCalledAgain() async throws {
    try await Shop.open { shop in
      let dead = #""http://127.0.0.1:9/callback/secret/""#
      _ = try await shop.push(Story.pays.phone, token: try await shop.token(), changes: ["CallBackURL": dead])
      let event = try await shop.simulator.event { $0.kind == .callbackFailed }
      #expect(event.resultCode == "0")
      #expect(event.detail != nil)
      #expect(await shop.simulator.events.filter { $0.kind == .callbackFailed }.count == 1)
    }
  }

  @Test func aTakenPortIsSaidAndWaitersAreTold() async throws {
    try await Shop.open { shop in
      var configuration = SimulatorConfiguration.quick
      configuration.port = try await shop.simulator.boundPort
      let second = try DarajaSimulator(configuration, logger: .quiet)
      await #expect(throws: (any Error).self) {
        try await second.whileRunning { _ in Issue.record("it runs on a taken port") }
      }
      await #expect(throws: SimulatorError.stopped) { try await second.boundPort }
      await #expect(throws: SimulatorError.alreadyRun) { try await second.run() }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aTestOfAShopReadsLikeThis() async throws {
    try await Shop.open { shop in
      try await shop.simulator.program(phone: "254712345678", story: .cancels)
      _ = try await shop.push("254712345678", token: try await shop.token())
      _ = try await shop.simulator.event { $0.kind == .callbackDelivered && $0.resultCode == "1032" }
      try await shop.simulator.forget(phone: "254712345678")
      await #expect(throws: SimulatorError.invalidPhone) { try await shop.simulator.forget(phone: "0712345678") }
    }
  }

  @Test func whatTheBodyThrowsIsThrown() async throws {
    struct Mistake: Error {}
    let simulator = try DarajaSimulator(.quick, logger: .quiet)
    await #expect(throws: Mistake.self) { try await simulator.whileRunning { _ in throw Mistake() } }
  }
}
