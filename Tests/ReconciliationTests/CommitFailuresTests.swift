import Daraja
import Payments
import Testing

@testable import Reconciliation

@Suite("Who rests after a commit failed")
struct CommitFailuresTests {
  private let first = TransactionID(1)
  private let second = TransactionID(2)

  @Test("The first failure of a payment brings a rest for all, its next ones only longer waits of its own, up to 60 s")
  func alone() {
    var failures = CommitFailures()
    var now = Uptime.at(0)
    var waits: [Microseconds] = []
    for _ in 0..<7 {
      failures.failed(first, at: now)
      #expect(failures.restsUntil == .at(5))
      waits.append(failures.wait(for: first, at: now))
      #expect(failures.waiting(at: now) == 1 && failures.wait(for: second, at: now) == 0)
      now = now + failures.wait(for: first, at: now)
    }
    #expect(waits == [5, 10, 20, 40, 60, 60, 60].map { .seconds($0) })
    failures.committed(first)
    failures.failed(first, at: now)
    #expect(failures.restsUntil == now + .seconds(5) && failures.wait(for: first, at: now) == .seconds(5))
  }

  @Test("Where several fail in turn and nothing is committed, all rest each time")
  func full() {
    var failures = CommitFailures()
    for round in 0..<10 {
      for id in [first, second] {
        let now = Uptime.at(Double(100 * round) + Double(10 * id.number))
        failures.failed(id, at: now)
        #expect(failures.restsUntil == now + CommitFailures.rest)
      }
    }
  }

  @Test("Where others are committed between, nobody rests for those that fail again")
  func ofTheirOwn() {
    var failures = CommitFailures()
    failures.failed(first, at: .at(0))
    failures.failed(second, at: .at(1))
    for round in 1..<10 {
      failures.committed(TransactionID(Int64(100 + round)))
      failures.failed(first, at: .at(Double(100 * round)))
      failures.failed(second, at: .at(Double(100 * round + 1)))
    }
    #expect(failures.restsUntil == .at(6))
  }

  @Test("It is bounded: the one whose wait ends first is dropped")
  func bounded() {
    var failures = CommitFailures()
    for number in 0...CommitFailures.limit {
      failures.failed(TransactionID(Int64(number)), at: .at(0) + Microseconds(number))
    }
    let now = Uptime.at(1)
    #expect(failures.waiting(at: now) == CommitFailures.limit)
    #expect(failures.wait(for: TransactionID(0), at: now) == 0)
  }
}
