import Systemd
import Testing

@Suite struct WatchdogRoundsTests {
  /// What each round comes to, for parts whose counts come in this order.
  private func verdicts(_ pulses: [(String, Duration)], _ rounds: [[Int]]) -> [WatchdogRounds.Verdict] {
    var watchdog = WatchdogRounds(interval: .seconds(20), pulses: pulses)
    return rounds.map { watchdog.judge($0) }
  }

  @Test func fourRoundsMakeAnInterval() {
    #expect(WatchdogRounds(interval: .seconds(20), pulses: []).length == .seconds(5))
  }

  @Test func aServiceWithoutPartsIsAlive() { #expect(verdicts([], [[], []]) == [.alive, .alive]) }

  @Test func progressOfAnySizeIsLife() {
    #expect(verdicts([("a", .zero)], [[0], [1], [900], [901]]) == [.alive, .alive, .alive, .alive])
  }

  @Test func silenceIsPassedOnBeforeItsPatienceEndsAndDeathSaidThen() {
    #expect(
      verdicts([("a", .zero)], [[7], [7], [7], [7], [7], [7]])
        == [.alive, .alive, .alive, .hesitating(["a"]), .dead(["a"]), .dead(["a"])])
  }

  @Test func whatMovesAgainIsForgiven() {
    #expect(
      verdicts([("a", .zero)], [[7], [7], [7], [7], [8], [8], [8], [8]])
        == [.alive, .alive, .alive, .hesitating(["a"]), .alive, .alive, .alive, .hesitating(["a"])])
  }

  @Test func onePartThatStandsStillIsEnoughAndIsNamed() {
    let rounds = (0..<6).map { [$0, 7, $0] }
    #expect(
      verdicts([("a", .zero), ("the writer", .zero), ("c", .zero)], rounds).suffix(3)
        == [.hesitating(["the writer"]), .dead(["the writer"]), .dead(["the writer"])])
  }

  @Test func patienceIsAtLeastTheIntervalAndRoundsUp() {
    for (patience, deadAfter) in [(Duration.seconds(1), 4), (.seconds(20), 4), (.seconds(31), 7), (.seconds(180), 36)] {
      let verdicts = verdicts([("slow", patience)], Array(repeating: [0], count: 40))
      #expect(verdicts.firstIndex(of: .dead(["slow"])) == deadAfter, "\(patience)")
    }
  }

  /// What the manager sees: with a part that stood still for less than the interval it never waits a whole interval for a sign of life.
  @Test(arguments: 1..<4) func aPartThatStoodStillForLessThanTheIntervalIsNoReasonToRestart(silentRounds: Int) {
    let counts = Array(1...8) + Array(repeating: 8, count: silentRounds) + Array(9...16)
    let verdicts = verdicts([("busy", .zero)], counts.map { [$0] })
    #expect(!verdicts.contains(.dead(["busy"])))
    let longestGap = verdicts.split(separator: .alive).map(\.count).max() ?? 0
    #expect(longestGap + 1 < WatchdogRounds.perInterval)
  }
}
