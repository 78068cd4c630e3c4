import Daraja
import Reconciliation
import Testing

@Suite("Circuit breaker: not asking who does not answer")
struct CircuitBreakerTests {
  @Test("It opens at the third failure in a row", arguments: [DarajaFailure.timeout, .serverError])
  func opensAtThree(failure: DarajaFailure) {
    var breaker = CircuitBreaker(firstRest: .seconds(30))
    #expect(breaker.record(failure, at: .at(0)) == nil)
    #expect(breaker.record(failure, at: .at(1)) == nil)
    #expect(breaker.admit(at: .at(1)) == nil)
    #expect(breaker.record(failure, at: .at(2)) == .opened(until: .at(32)))
    #expect(breaker.admit(at: .at(3)) == .seconds(29.0))
  }

  @Test(
    "Spike arrest and block pages open it at once: they are an order to stop",
    arguments: [DarajaFailure.spikeArrest, .blockPage])
  func opensAtOnce(failure: DarajaFailure) {
    var breaker = CircuitBreaker(firstRest: .seconds(30))
    #expect(breaker.record(failure, at: .at(0)) == .opened(until: .at(30)))
  }

  @Test(
    "An answer in between starts the count anew, even one without information",
    arguments: [nil, DarajaFailure.noInformation, .credentials])
  func answersResetTheCount(between: DarajaFailure?) {
    var breaker = CircuitBreaker()
    #expect(breaker.record(.timeout, at: .at(0)) == nil)
    #expect(breaker.record(.timeout, at: .at(1)) == nil)
    #expect(breaker.record(between, at: .at(2)) == nil)
    #expect(breaker.record(.timeout, at: .at(3)) == nil)
    #expect(breaker.state == .closed(failures: 1))
  }

  @Test("After its rest it admits one question, and no second while that is out")
  func halfOpen() {
    var breaker = opened()
    #expect(breaker.admit(at: .at(29.9)) == .seconds(0.1))
    #expect(breaker.admit(at: .at(30)) == nil)
    #expect(breaker.wait(at: .at(31)) > 0)
    #expect(breaker.admit(at: .at(31)) == .seconds(30))
  }

  @Test("A good answer to that question closes it, and its next rest is short again")
  func closesOnSuccess() {
    var breaker = opened()
    _ = breaker.admit(at: .at(30))
    #expect(breaker.record(.timeout, at: .at(31)) == .opened(until: .at(91)))
    _ = breaker.admit(at: .at(91))
    #expect(breaker.record(nil, at: .at(92)) == .closed)
    #expect(breaker.admit(at: .at(92)) == nil)
    #expect(breaker.record(.spikeArrest, at: .at(93)) == .opened(until: .at(123)))
  }

  @Test("Each failed trial doubles the rest, up to 15 minutes")
  func restDoubles() {
    var breaker = opened()
    var now = Uptime.at(30)
    for rest in [60.0, 120, 240, 480, 900, 900] {
      #expect(breaker.admit(at: now) == nil)
      #expect(breaker.record(.timeout, at: now) == .opened(until: now + .seconds(rest)))
      now = now + .seconds(rest)
    }
  }

  @Test(
    "Answers to questions from before it opened neither close it nor lengthen its rest",
    arguments: [nil, DarajaFailure.spikeArrest, .timeout])
  func oldAnswers(answer: DarajaFailure?) {
    var breaker = opened()
    #expect(breaker.record(answer, at: .at(1)) == nil)
    #expect(breaker.state == .open(until: .at(30)))
  }

  @Test("A trial that never comes back does not close the door for ever: another one follows, one at a time")
  func lostTrial() {
    var breaker = opened()
    #expect(breaker.admit(at: .at(30)) == nil)
    var now = Uptime.at(30)
    var looks = 0
    while let later = breaker.admit(at: now), looks < 100 {
      #expect(later > 0)
      now = now + later
      looks += 1
    }
    #expect(now == Uptime.at(30) + CircuitBreaker.longestTrial)
    #expect(breaker.admit(at: now) != nil, "one at a time")
  }

  private func opened() -> CircuitBreaker {
    var breaker = CircuitBreaker(firstRest: .seconds(30))
    _ = breaker.record(.spikeArrest, at: .at(0))
    return breaker
  }
}
