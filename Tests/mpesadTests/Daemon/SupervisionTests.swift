import Logging
import Store
import Synchronization
import Systemd
import Testing

@testable import mpesad

@Suite(.timeLimit(.minutes(1))) struct SupervisionTests {
  /// A manager that keeps what it is told.
  final class Manager: ServiceNotifying {
    private let recorded = Mutex<[String]>([])
    var told: [String] { recorded.withLock { $0 } }
    func notify(_ notices: [ServiceNotice]) {
      recorded.withLock { $0.append(notices.map(\.text).joined(separator: "\n")) }
    }
  }

  /// Lets so many waits pass at once, and ends the next one.
  private static func sleep(_ waits: Int) -> @Sendable (Duration) async throws -> Void {
    let left = Mutex(waits)
    return { _ in
      let goesOn = left.withLock { left in
        left -= 1
        return left >= 0
      }
      if !goesOn { throw CancellationError() }
    }
  }

  private static func supervision(_ manager: Manager, waits: Int) -> Supervision {
    var supervision = Supervision(
      notifier: manager, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    supervision.sleep = sleep(waits)
    return supervision
  }

  @Test func aLongStartAsksForTimeAgainAndAgain() async throws {
    let manager = Manager()
    let started = await Self.supervision(manager, waits: 2).starting {
      while manager.told.count < 3 { await Task.yield() }
      return 7
    }
    #expect(started == 7)
    #expect(
      manager.told == [
        "STATUS=Starting: opening the database", "EXTEND_TIMEOUT_USEC=20000000", "EXTEND_TIMEOUT_USEC=20000000",
      ])
  }

  @Test func patienceHasABound() async {
    let manager = Manager()
    await TimeoutExtension.ask(manager, atMost: .seconds(60)) { _ in }
    #expect(manager.told.count == 12)
    #expect(TimeoutExtension.step > TimeoutExtension.interval, "the next request comes before the last one is used up")
  }

  @Test func theStatusIsToldWhenItChanged() async {
    let manager = Manager()
    let lines = Mutex(["a", "a", "a", "b", "b"])
    await Self.supervision(manager, waits: 5).accompany(
      pulses: [], status: { lines.withLock { $0.removeFirst() } }, until: StopSignal())
    #expect(manager.told == ["STATUS=a", "STATUS=b"])
  }

  @Test func stoppingIsSaidAtOnce() async {
    let manager = Manager()
    await Self.supervision(manager, waits: 1).stop()
    #expect(
      manager.told == [
        "STOPPING=1\nSTATUS=Stopping: finishing what is under way", "EXTEND_TIMEOUT_USEC=20000000",
      ])
  }

  @Test func aFailureIsToldWithItsReasonAndTheSystemsNumber() {
    let manager = Manager()
    let supervision = Self.supervision(manager, waits: 0)
    supervision.failed(StoreError.locked(path: "/var/lib/mpesad", holder: "process 7"))
    supervision.failed(StoreError.closed)
    #expect(manager.told.first?.hasPrefix("STATUS=Failed: Another mpesad (process 7)") == true)
    #expect(manager.told.first?.hasSuffix("\nERRNO=16") == true)
    #expect(manager.told.last == "STATUS=Failed: The store is closed; the service is stopping.")
  }
}
