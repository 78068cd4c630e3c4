import Foundation
import GRDB
import Payments
import Store
import Testing

@testable import mpesad

private let ledgerSize = ProcessInfo.processInfo.environment["MPESAD_CONSOLE_SCALE"].flatMap { Int($0) }

/// How long the pages take with a large ledger. Not part of every run: it takes minutes, and its times are the machine's.
///
/// `MPESAD_CONSOLE_SCALE=1000000 swift test --filter ConsoleScaleTests` prints them; with `-c release`, those of the real program.
@Suite(.enabled(if: ledgerSize != nil, "MPESAD_CONSOLE_SCALE says how many payments there are to be"))
struct ConsoleScaleTests {
  /// Each page is opened so often; the middle and the longest time are told.
  private static let rounds = 21

  @Test func pagesOverALargeLedger() async throws {
    let count = try #require(ledgerSize)
    try await DeskRig.use { rig in
      try Self.fill(rig.desk.settings.current.stateDirectory + "/mpesad.db", count)
      let visit = try ConsoleVisit(rig)
      let addresses = [
        "/", "/audit", "/audit?before=\(count / 2)",
        "/transactions", "/transactions?status=completed", "/transactions?status=review",
        "/transactions?after=\(count / 2)", "/transactions?status=failed&from=2026-11-20&to=2026-11-20",
        "/transactions?payer=\(count / 2)", "/transactions?order=\(count / 2)", "/transactions/\(count / 2)", "/inbox",
        "/inbox?state=all", "/inbox?state=all&after=\(count / 2)", "/inbox/\(count / 2)",
        "/deliveries", "/deliveries?state=delivered", "/deliveries?state=parked", "/deliveries?event=payment.completed",
        "/deliveries?event=payment.review&state=waiting", "/deliveries?event=payment.amended",
        "/deliveries?state=unaddressed",
        "/deliveries?from=2026-11-20&to=2026-11-20", "/deliveries?payment=\(count / 2)",
        "/deliveries?order=\(count / 2)&state=delivered", "/deliveries/\(count / 2)", "/sources", "/settings",
      ]
      for address in addresses { try await Self.measure(address) { _ = try await visit.get(address) } }
      try await Self.measure("search by phone") { _ = try await visit.post("/transactions/search", "q=0700000042") }
      try await Self.measure("search by receipt") { _ = try await visit.post("/transactions/search", "q=RCPT0000042") }
      let start = ContinuousClock.now
      let file = try await visit.get("/transactions.csv").text
      print("CSV, \(file.utf8.count / 1_000_000) MB: \(ContinuousClock.now - start)")
    }
  }

  private static func measure(_ name: String, _ work: () async throws -> Void) async throws {
    var times: [Duration] = []
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      try await work()
      times.append(ContinuousClock.now - start)
    }
    times.sort()
    func milliseconds(_ time: Duration) -> String { String(format: "%.1f ms", time / .milliseconds(1)) }
    print("\(name): middle \(milliseconds(times[rounds / 2])), longest \(milliseconds(times[rounds - 1]))")
  }

  /// One payment each 3 s up to now: of 1,000 phones, nine of ten paid, the rest cancelled, pending or in review; each with its order, its
  /// timeline and its delivery. Each thousandth delivery is unmatched.
  private static func fill(_ path: String, _ count: Int) throws {
    let queue = try DatabaseQueue(path: path)
    let start = DeskRig.now - Int64(count) * 3_000_000
    try queue.write { db in
      let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))"
      try db.execute(
        sql: """
          \(numbers) INSERT INTO orders(id, amount, description, reference, created_by, created_at)
          SELECT i, 150000, 'Two lamps', 'A-' || i, '7', \(start) + i * 3000000 FROM n;
          \(numbers) INSERT INTO transactions(id, order_id, amount, phone, created_by, created_at, push, checkout_request_id, status,
            reason, flags, receipt, result_code, result_description, settled_at, queries)
          SELECT i, i, 150000, printf('2547%08d', i % 1000), '7', \(start) + i * 3000000, 'accepted',
            printf('ws_CO_%026d', i), CASE WHEN i % 10 THEN 'completed' WHEN i % 1000 THEN 'failed' WHEN i % 2000 THEN 'pending'
            ELSE 'review' END, CASE WHEN i % 10 THEN NULL WHEN i % 1000 THEN 'cancelled' WHEN i % 2000 THEN NULL ELSE 'unanswered' END, 0,
            CASE WHEN i % 10 THEN printf('RCPT%07d', i) END, CASE WHEN i % 10 THEN '0' ELSE '1032' END, 'Processed.',
            CASE WHEN i % 2000 = 1000 THEN NULL ELSE \(start) + i * 3000000 + 12000000 END, 0 FROM n;
          \(numbers) INSERT INTO inbox(id, received_at, source, token, body, state, transaction_id, note)
          SELECT i, \(start) + i * 3000000 + 12000000, '196.201.214.200', i,
            CAST('{"Body":{"stkCallback":{"CheckoutRequestID":"' || printf('ws_CO_%026d', i) || '","ResultCode":0,"ResultDesc":"' ||
            'The service request is processed successfully.","CallbackMetadata":{"Item":[{"Name":"Amount","Value":1500}]}}}}' AS BLOB),
            CASE WHEN i % 1000 THEN 'settled' ELSE 'unmatched' END, CASE WHEN i % 1000 THEN i END, NULL FROM n;
          """)
      for (offset, kind, source) in [
        (0, "push_requested", "push"), (1, "push_accepted", "push"), (12, "completed", "callback"),
      ] {
        try db.execute(
          sql: """
            \(numbers) INSERT INTO events(transaction_id, at, kind, source, detail, status)
            SELECT i, \(start) + i * 3000000 + \(offset) * 1000000, '\(kind)', '\(source)', 'What happened, in a sentence.', 'pending' FROM n
            """)
      }
      // The first event of each payment has its number.
      try db.execute(
        sql: """
          \(numbers) INSERT INTO outbox(id, transaction_id, notification, created_at, payload, state, attempts, next_attempt_at)
          SELECT i, i, CASE WHEN i % 10 THEN 'payment.completed' ELSE 'payment.failed' END, \(start) + i * 3000000, zeroblob(700),
            CASE WHEN i % 1000 THEN 'delivered' WHEN i % 2000 THEN 'parked' ELSE 'waiting' END, 1, NULL FROM n;
          \(numbers) INSERT INTO outbox_attempts(outbox_id, at, duration, status, answer)
          SELECT i, \(start) + i * 3000000, 40000, 200, 'ok' FROM n;
          \(numbers) INSERT INTO operator_actions(at, actor, what, transaction_id, why)
          SELECT \(start) + i * 3000000, 'asha', 'asked Safaricom about the payment', i, 'The shopper says that it was paid.' FROM n;
          """)
    }
    try queue.close()
  }
}
