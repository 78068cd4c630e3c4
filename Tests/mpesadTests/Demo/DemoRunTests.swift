import DarajaSimulator
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import mpesad

@Suite(.serialized) struct DemoRunTests {
  /// The code of the command, all of it, over real HTTP and a real database.
  @Test(.timeLimit(.minutes(2))) func everyStoryEndsAsItMust() async throws {
    let state = try TemporaryState.make()
    defer { TemporaryState.remove(state) }
    let lines = Mutex<[String]>([])
    let curl = Mutex("")
    let demo = DemoRun(
      pace: DemoPace(factor: DemoPace.standard),
      progress: DemoProgress(paint: Paint(isOn: false)) { line in lines.withLock { $0.append(line) } }
    ) { house, report in
      let text = CurlLines(house: house, report: report, token: try await house.token()).text
      curl.withLock { $0 = text }
    }
    let report = try await demo.run(in: state)
    #expect(report.passed, "\(report.explanation)\n\(report.table(Paint(isOn: false)))")
    #expect(report.rows.map(\.story) == Story.allCases.map(\.rawValue))
    let told = lines.withLock { $0 }
    #expect(Story.allCases.allSatisfy { story in told.contains { $0.contains(story.rawValue) } })
    // The numbers of the next order and payment, so that the lines can be pasted one after the other.
    let text = curl.withLock { $0 }
    #expect(text.contains(#""order_id":19"#) && text.contains("/transactions/19/"))
    #expect(FileManager.default.fileExists(atPath: state + "/mpesad.db"))
  }

  @Test(.timeLimit(.minutes(1))) func aPortThatWasTakenMeanwhileIsReplaced() async throws {
    let state = try TemporaryState.make()
    defer { TemporaryState.remove(state) }
    let taken = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let takenPort = try #require(taken.localAddress?.port)
    var configuration = SimulatorConfiguration()
    configuration.pace = DemoPace.standard
    let simulator = try DarajaSimulator(configuration)
    let (houses, opened) = AsyncStream<DemoHouse>.makeStream()
    let asked = Atomic(0)
    let daemon = HousedDaemon(
      pace: DemoPace(factor: DemoPace.standard), simulator: simulator, stateDirectory: state,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), opened: opened,
      freePort: {
        asked.add(1, ordering: .relaxed).newValue == 1 ? takenPort : try await HousedDaemon.kernelChoice()
      })
    let group = ServiceGroup(services: [simulator, daemon], logger: Logger(label: "test"))
    async let running: Void = group.run()
    let house = try #require(await houses.first { _ in true })
    #expect(house.daemonURL != "http://127.0.0.1:\(takenPort)")
    let token = try await house.token()
    #expect(!token.isEmpty)
    await group.triggerGracefulShutdown()
    try await running
    try await taken.close()
  }
}
