import AsyncHTTPClient
import DarajaSimulator
import ServiceLifecycle
import Synchronization

/// Plays all stories when the house is open, and ends when they are over.
final class DemoProgramme: Service {
  /// The order in which shoppers come. First those whose payment only a question can settle: all questions share one budget, and each of
  /// these waits for its turn.
  static let arrivals: [Story] = {
    let first: [Story] = [
      .noiseAfterFinal, .callbackNever, .pendingThenFinal, .blockPage, .lateSuccess, .forged, .ignores,
    ]
    return first + Story.allCases.filter { !first.contains($0) }
  }()

  private let houses: AsyncStream<DemoHouse>
  private let progress: DemoProgress
  private let afterwards: @Sendable (DemoHouse, DemoReport) async throws -> Void
  private let finished = Mutex<DemoReport?>(nil)

  init(
    houses: AsyncStream<DemoHouse>, progress: DemoProgress,
    afterwards: @escaping @Sendable (DemoHouse, DemoReport) async throws -> Void
  ) {
    self.houses = houses
    self.progress = progress
    self.afterwards = afterwards
  }

  /// What became of the stories; nil if it was stopped before they were over.
  var report: DemoReport? { finished.withLock { $0 } }

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        guard let house = await self.houses.first(where: { _ in true }) else { throw DemoError.neverOpened }
        let report = try await self.play(house)
        self.finished.withLock { $0 = report }
        try await self.afterwards(house, report)
      }
    } catch is CancellationError {
      // Asked to stop; that there is no report says so.
    }
  }

  private func play(_ house: DemoHouse) async throws -> DemoReport {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.httpConfiguration)
    do {
      let shop = ShopClient(http: http, baseURL: house.daemonURL, token: try await house.token())
      progress.open(house)
      let start = ContinuousClock.now
      let performances = try await perform(house, shop)
      let rows = try await DemoAudit(house: house, shop: shop).rows(performances)
      let report = DemoReport(
        rows: rows, house: try await house.differences(), pace: house.pace,
        duration: ContinuousClock.now - start, stateDirectory: house.stateDirectory)
      try await http.shutdown()
      return report
    } catch {
      try await http.shutdown()
      throw error
    }
  }

  /// All stories at once, their shoppers one after the other.
  private func perform(
    _ house: DemoHouse, _ shop: ShopClient
  ) async throws -> [Story: Result<Play.Performance, any Error>] {
    try await withThrowingTaskGroup(of: (Story, Result<Play.Performance, any Error>).self) { group in
      for (place, story) in Self.arrivals.enumerated() {
        group.addTask { [progress] in
          try await Task.sleep(for: house.pace.real(DemoPace.arrival * Double(place)))
          do {
            return (story, .success(try await Play(story: story, shop: shop, house: house, progress: progress).run()))
          } catch {
            // One story that cannot be played is a row of the table like the others.
            try Task.checkCancellation()
            return (story, .failure(error))
          }
        }
      }
      var performances: [Story: Result<Play.Performance, any Error>] = [:]
      for try await (story, performance) in group { performances[story] = performance }
      return performances
    }
  }

  /// Each shopper has a connection of their own, and one that asks Safaricom holds it until it is answered.
  private static var httpConfiguration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Story.allCases.count
    return configuration
  }
}
