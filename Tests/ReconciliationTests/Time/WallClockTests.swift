import Daraja
import Payments
import Testing

@testable import Reconciliation

@Suite("The wall clock, judged by one that nobody can set")
struct WallClockTests {
  private static let wall: Microseconds = 1_795_512_600_000_000
  private static let uptime = Uptime(microseconds: 5_000_000_000)

  private static func clock(isSynchronised: Bool = false) -> WallClock {
    WallClock(wall: wall, uptime: uptime, isSynchronised: isSynchronised)
  }

  @Test(
    "A step is noticed at the next look, however far and in which direction",
    arguments: [3.0, -90, 3_600, -3_600, 86_400, -86_400, 31_622_400, -31_622_400, -1_795_512_600])
  func steps(seconds: Double) {
    var clock = Self.clock()
    let by = Microseconds.seconds(seconds)
    let step = clock.look(wall: Self.wall + .seconds(1) + by, uptime: Self.uptime + .seconds(1))
    #expect(step == WallClock.Step(by: by, now: Self.wall + .seconds(1) + by))
    #expect(clock.reading.isDoubted && clock.reading.runningSince == clock.reading.now && !clock.reading.isTrusted)
    #expect(clock.look(wall: Self.wall + .seconds(2) + by, uptime: Self.uptime + .seconds(2)) == nil, "once")
    #expect(clock.reading.elapsed(since: Self.wall) == .seconds(1))
  }

  @Test("Slewing is no step: a day at 500 parts in a million, looked at every second")
  func slewing() {
    var clock = Self.clock()
    for second in 1...86_400 {
      let drift = Microseconds(second) * 500
      #expect(
        clock.look(wall: Self.wall + .seconds(Double(second)) + drift, uptime: Self.uptime + .seconds(Double(second)))
          == nil)
    }
    #expect(!clock.reading.isDoubted && clock.reading.isTrusted)
  }

  @Test("Time in which nobody looked is no step")
  func asleep() {
    var clock = Self.clock()
    #expect(clock.look(wall: Self.wall + .seconds(1_000_000), uptime: Self.uptime + .seconds(1_000_000)) == nil)
  }

  @Test(
    "It is trusted ten minutes after a start or a step where something synchronises it, else after a day",
    arguments: [(true, 599.0, false), (true, 600, true), (false, 86_399, false), (false, 86_400, true)])
  func trust(isSynchronised: Bool, seconds: Double, isTrusted: Bool) {
    var clock = Self.clock(isSynchronised: isSynchronised)
    func later(_ seconds: Double) {
      _ = clock.look(wall: Self.wall + .seconds(seconds), uptime: Self.uptime + .seconds(seconds))
    }
    later(seconds)
    #expect(clock.reading.isTrusted == isTrusted)
    _ = clock.look(wall: Self.wall, uptime: Self.uptime + .seconds(seconds + 1))
    #expect(!clock.reading.isTrusted, "it was set")
    _ = clock.look(wall: Self.wall + .seconds(seconds), uptime: Self.uptime + .seconds(2 * seconds + 1))
    #expect(clock.reading.isTrusted == isTrusted)
  }

  @Test("What an earlier run knew of it holds on: since when it runs, and whether it is doubted")
  func resumes() {
    var clock = Self.clock()
    clock.resume(runningSince: Self.uptime - .seconds(86_400), isDoubted: true)
    #expect(clock.reading.isTrusted && clock.reading.isDoubted)
    #expect(clock.reading.runningSince == Self.wall - .seconds(86_400))
    clock.doubt()
    #expect(!clock.reading.isTrusted && clock.reading.runningSince == Self.wall)
  }

  @Test("The machine's own clocks go forward together")
  func system() async throws {
    let (before, uptime) = (SystemClock.shared.reading, SystemClock.uptime)
    try await Task.sleep(for: .milliseconds(20))
    let (after, later) = (SystemClock.shared.reading, SystemClock.uptime)
    #expect(after.now > before.now && later > uptime)
    #expect(abs((after.now - before.now) - (later - uptime)) < WallClock.tolerance)
  }
}
