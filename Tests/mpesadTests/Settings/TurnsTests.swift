import Synchronization
import Testing

@testable import mpesad

@Suite struct TurnsTests {
  @Test func whatWasBegunFirstIsFinishedFirst() async throws {
    let turns = Turns()
    let done = Mutex<[Int]>([])
    let first = await turns.begin {
      try await Task.sleep(for: .milliseconds(20))
      done.withLock { $0.append(1) }
    }
    try await turns.take { done.withLock { $0.append(2) } }
    #expect(done.withLock { $0 } == [1, 2])
    try await first.value
  }

  @Test func oneThatFailsKeepsNobodyWaiting() async throws {
    let turns = Turns()
    await #expect(throws: CancellationError.self) { try await turns.take { throw CancellationError() } }
    #expect(try await turns.take { 7 } == 7)
  }

  @Test func oneThatHasBegunIsFinishedThoughNobodyWaits() async throws {
    let turns = Turns()
    let done = Mutex(false)
    let asking = Task {
      try await turns.take {
        try await Task.sleep(for: .milliseconds(20))
        done.withLock { $0 = true }
      }
    }
    asking.cancel()
    _ = await asking.result
    try await turns.take {}
    #expect(done.withLock { $0 })
  }
}
