import Logging
import Synchronization
import Systemd
import Testing

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
  /// Runs a watchdog of 20 s over a part for so many rounds, on a clock that does not wait.
  private func told(rounds: Int, log: RecordedLog = RecordedLog(), _ count: @escaping @Sendable (Int) -> Int) async
    -> [String]
  {
    let notifier = RecordedNotices()
    let round = Mutex(0)
    await Watchdog(
      interval: .seconds(20), pulses: [Pulse("the writer") { count(round.withLock { $0 }) }], notifier: notifier,
      logger: log.logger,
      sleep: { duration in
        #expect(duration == .seconds(5))
        let isOver = round.withLock { round in
          round += 1
          return round == rounds
        }
        if isOver { throw CancellationError() }
      }
    ).run()
    return notifier.messages
  }

  @Test func aServiceThatGetsOnSaysSoInEachRound() async {
    #expect(await told(rounds: 5) { $0 } == Array(repeating: "WATCHDOG=1", count: 5))
  }

  @Test func aServiceThatStandsStillSaysWhatItIsAndAsksToBeEnded() async {
    let log = RecordedLog()
    let messages = await told(rounds: 6, log: log) { _ in 7 }
    let what = "Stands still: the writer. The service manager is asked for a restart."
    #expect(
      messages == Array(repeating: "WATCHDOG=1", count: 3)
        + Array(repeating: "STATUS=\(what)\nWATCHDOG=trigger", count: 2))
    #expect(log.messages == [what], "said once")
  }
}

@Suite(.timeLimit(.minutes(1))) struct PulseTests {
  @Test func oneQuestionIsOutAtATimeAndItsAnswerIsABeat() async {
    let (questions, ask) = AsyncStream<CheckedContinuation<Bool, Never>>.makeStream()
    let pulse = Pulse.asking("loop") { await withCheckedContinuation { ask.yield($0) } }
    var asked = questions.makeAsyncIterator()
    for _ in 0..<3 { #expect(pulse.count() == 0) }
    await asked.next()?.resume(returning: true)
    while pulse.count() == 0 { await Task.yield() }
    // Had more than one been asked before, this would be one of those, and its answer would not be awaited below.
    await asked.next()?.resume(returning: true)
    while pulse.count() == 1 { await Task.yield() }
    await asked.next()?.resume(returning: true)
  }

  @Test func aNoIsNoBeat() async {
    let answers = Mutex(0)
    let pulse = Pulse.asking("the writer") {
      answers.withLock { $0 += 1 }
      return false
    }
    while answers.withLock({ $0 }) < 3 {
      #expect(pulse.count() == 0)
      await Task.yield()
    }
    #expect(pulse.count() == 0)
  }
}
