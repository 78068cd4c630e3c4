import Daraja
import Store
import Testing

@testable import Reconciliation

@Suite("Parking: how long a callback waits for its transaction")
struct ParkingTests {
  @Test(
    "Each wait is as long as all before it together, at least half a second, at most a minute",
    arguments: [
      (waited: 0.0, wait: 0.5), (0.1, 0.5), (0.5, 0.5), (1, 1), (2, 2), (32, 32), (59.9, 59.9), (60, 60), (64, 60),
      (599.9, 60),
    ])
  func waitsDouble(waited: Double, wait: Double) {
    let now = Microseconds.at(1_000 + waited)
    #expect(
      Parking(since: .at(0)).decide(receivedAt: .at(1_000), now: now) == .park(until: now + .seconds(wait)))
  }

  @Test("It gives up after ten minutes", arguments: [600.0, 600.1, 86_400])
  func givesUp(waited: Double) {
    #expect(Parking(since: .at(0)).decide(receivedAt: .at(1_000), now: .at(1_000 + waited)) == .giveUp)
  }

  @Test("What came while nobody worked is not old: its time begins with the program's")
  func notOldAfterAPause() {
    let parking = Parking(since: .at(86_400))
    #expect(parking.decide(receivedAt: .at(0), now: .at(86_400)) == .park(until: .at(86_400.5)))
    #expect(parking.decide(receivedAt: .at(0), now: .at(86_400 + 600)) == .giveUp)
  }

  @Test("Followed to the end, it looks about 20 times in ten minutes")
  func fewLooks() {
    let parking = Parking(since: .at(0))
    var now = Microseconds.at(0)
    var looks = 0
    while case .park(let until) = parking.decide(receivedAt: .at(0), now: now) {
      #expect(until > now)
      now = until
      looks += 1
    }
    #expect(looks < 25)
    #expect(now >= .at(600) && now < .at(661))
  }

  @Test("A clock that was set back does not make it give up")
  func clockSetBack() {
    #expect(Parking(since: .at(0)).decide(receivedAt: .at(1_000), now: .at(10)) == .park(until: .at(10.5)))
  }
}
