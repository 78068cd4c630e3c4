import Foundation
import GRDB
import Testing

@testable import mpesad

extension ServiceTests {
  /// From the start of the process to READY, by systemd's own clock, with a year's payments in the inbox.
  @Suite struct StartTime {
    private static let rows = 1_000_000
    private static let bound = 300.0

    @Test func itIsReadyWithinThreeHundredMillisecondsOverAMillionRows() async throws {
      try await PackagedService.use { service in
        try await service.fillInbox(Self.rows)
        var times: [Double] = []
        for _ in 1...3 {
          try await service.systemctl("start", PackagedService.unit)
          times.append(try await service.startTime())
          try await service.systemctl("stop", PackagedService.unit)
        }
        let best = try #require(times.min())
        print("Start to READY over \(Self.rows) inbox rows: \(times.map { "\(Int($0)) ms" }.joined(separator: ", ")).")
        #expect(best < Self.bound, "\(times)")
      }
    }
  }
}

extension PackagedService {
  /// From the start of its main process to READY, in milliseconds.
  func startTime() async throws -> Double {
    let begun = try #require(Double(try await property("ExecMainStartTimestampMonotonic")))
    let ready = try #require(Double(try await property("ActiveEnterTimestampMonotonic")))
    return (ready - begun) / 1_000
  }

  /// Fills the inbox with this many settled deliveries, for twenty times fewer payments.
  fileprivate func fillInbox(_ count: Int) async throws {
    let payments = count / 20
    let first = try await seed(payments).transactions.lowerBound.number
    // Of the last hours: what is old enough for retention would be emptied meanwhile.
    let begin = Int64(Date().timeIntervalSince1970 * 1_000_000) - Int64(count) * 10_000
    let queue = try DatabaseQueue(path: disk + "/mpesad.db")
    try await queue.write { db in
      try db.execute(
        sql: """
          UPDATE transactions SET status = 'completed', receipt = printf('U%09d', id - ?), settled_at = created_at
          """, arguments: [first])
      try db.execute(
        sql: """
          WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
          INSERT INTO inbox(received_at, source, token, body, state, attempts, transaction_id)
          SELECT ? + i * 10000, '196.201.214.200', ? + i % ?, randomblob(400), 'settled', 1, ? + i % ? FROM n
          """, arguments: [count - 1, begin, first, payments, first, payments])
    }
    try queue.close()
    try await machine.must("chown", "--recursive", "mpesad:mpesad", Self.state)
  }
}
