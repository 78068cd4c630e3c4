import Daraja
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Parking: how long a callback waits for its transaction")
struct ParkingTests {
  private static func decide(
    since: Microseconds = .at(0), receivedAt: Microseconds, now: Microseconds
  ) -> Unmatched {
    Parking(since: Uptime(microseconds: since)).decide(
      receivedAt: receivedAt, clock: ClockReading(now: now), uptime: Uptime(microseconds: now))
  }

  @Test(
    "Each wait is as long as all before it together, at least half a second, at most a minute",
    arguments: [
      (waited: 0.0, wait: 0.5), (0.1, 0.5), (0.5, 0.5), (1, 1), (2, 2), (32, 32), (59.9, 59.9), (60, 60), (64, 60),
      (599.9, 60),
    ])
  func waitsDouble(waited: Double, wait: Double) {
    let now = Microseconds.at(1_000 + waited)
    #expect(
      Self.decide(receivedAt: .at(1_000), now: now) == .park(until: now + .seconds(wait)))
  }

  @Test("It gives up after ten minutes", arguments: [600.0, 600.1, 86_400])
  func givesUp(waited: Double) {
    #expect(Self.decide(receivedAt: .at(1_000), now: .at(1_000 + waited)) == .giveUp)
  }

  @Test("What came while nobody worked is not old: its time begins with the program's")
  func notOldAfterAPause() {
    let start = Microseconds.at(86_400)
    #expect(Self.decide(since: start, receivedAt: .at(0), now: start) == .park(until: .at(86_400.5)))
    #expect(Self.decide(since: start, receivedAt: .at(0), now: .at(86_400 + 600)) == .giveUp)
  }

  @Test("Followed to the end, it looks about 20 times in ten minutes")
  func fewLooks() {
    var now = Microseconds.at(0)
    var looks = 0
    while case .park(let until) = Self.decide(receivedAt: .at(0), now: now) {
      #expect(until > now)
      now = until
      looks += 1
    }
    #expect(looks < 25)
    #expect(now >= .at(600) && now < .at(661))
  }

  @Test(
    "A clock that was set makes nothing old, and what came on the other clock is given up ten minutes after the step",
    arguments: [-31_536_000.0, -86_400, -3_600, 3_600, 86_400, 31_536_000])
  func clockWasSet(by step: Double) {
    func decide(secondsAfterStep: Double) -> Unmatched {
      let setAt = Microseconds.at(2_000 + step)
      return Parking(since: Uptime(microseconds: .at(0))).decide(
        receivedAt: .at(1_990),
        clock: ClockReading(now: setAt + .seconds(secondsAfterStep), runningSince: setAt, isDoubted: true),
        uptime: Uptime(microseconds: .at(2_000 + secondsAfterStep)))
    }
    #expect(decide(secondsAfterStep: 1) == .park(until: .at(2_000 + step + 2)))
    #expect(decide(secondsAfterStep: 100) == .park(until: .at(2_000 + step + 160)))
    #expect(decide(secondsAfterStep: 600) == .giveUp)
  }
}
