import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct OneShotTests {
  @Test func allWaitersGetTheFirstResult() async throws {
    let shot = OneShot<Int>()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<10 { group.addTask { try await shot.value() } }
      shot.resolve(.success(1))
      shot.resolve(.success(2))
      for try await value in group { #expect(value == 1) }
    }
    #expect(try await shot.value() == 1)
  }

  @Test func aCancelledWaiterStopsWaiting() async {
    let shot = OneShot<Int>()
    let waiting = Task { try await shot.value() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }

  @Test func waitingCanBeBounded() async {
    await OneShot<Void>().wait(atMost: .milliseconds(1))
    let shot = OneShot<Void>()
    shot.resolve(.success(()))
    await shot.wait(atMost: .seconds(3_600))
  }
}
