import Foundation
import Testing

@testable import Store

@Suite("Waiting on the monotonic clock")
struct MonotonicConditionTests {
  @Test("A wait without a signal ends when its time is up, and not before")
  func timeIsUp() {
    let condition = MonotonicCondition()
    condition.lock()
    let end = MonotonicCondition.moment(in: 0.05)
    while condition.wait(until: end) {}
    condition.unlock()
    #expect(MonotonicCondition.now >= end)
  }

  @Test("A signal ends a wait of any length")
  func signalled() {
    let condition = MonotonicCondition()
    condition.lock()
    let thread = Thread {
      condition.lock()
      condition.signal()
      condition.unlock()
    }
    thread.start()
    #expect(condition.wait(until: MonotonicCondition.moment(in: 3_600)))
    condition.unlock()
  }

  @Test("A moment that has passed is no wait")
  func passed() {
    let condition = MonotonicCondition()
    condition.lock()
    #expect(!condition.wait(until: 1))
    condition.unlock()
  }
}
