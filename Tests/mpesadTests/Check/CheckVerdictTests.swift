import Daraja
import Payments
import Store
import Testing

@testable import mpesad

/// What each finding is worth.
@Suite struct CheckVerdictTests {
  private static let now: Microseconds = 1_795_512_600_000_000
  private static let second: Microseconds = 1_000_000
  private static let standing = Standing(
    version: "0.1.0", process: 42, uptimeSeconds: 90_000, failure: nil, busySeconds: nil, waiting: 0)

  private static func fresh(_ seconds: Double) -> Standing {
    var fresh = standing
    fresh.uptimeSeconds = seconds
    return fresh
  }

  private static func unit(_ state: String, _ sub: String, restarts: Int = 0, socket: String = "active")
    -> UnitStanding?
  {
    UnitStanding(
      """
      NRestarts=\(restarts)
      Id=mpesad.service
      LoadState=loaded
      ActiveState=\(state)
      SubState=\(sub)

      Id=mpesad.socket
      LoadState=loaded
      ActiveState=\(socket)
      SubState=listening
      """)
  }

  static let daemons: [(DaemonStanding, UnitStanding?, CheckLine.Outcome, String)] = [
    (.answers(standing), nil, .ok, "process 42, up for 25 h"),
    (.answers(standing), unit("active", "running", restarts: 7), .ok, "up for 25 h"),
    (.answers(fresh(30)), unit("active", "running"), .ok, "up for 30 s"),
    (
      .answers(fresh(30)), unit("active", "running", restarts: 2), .failed,
      "ended by itself and was started again 30 s ago (2 times"
    ),
    (.silent(process: 42, detail: "no answer"), unit("active", "running"), .failed, "process 42"),
    (.deaf(detail: "You may not"), nil, .warning, "You may not"),
    (.absent, nil, .warning, "none runs"),
    (.absent, unit("inactive", "dead"), .ok, "starts it for the first caller"),
    (.absent, unit("inactive", "dead", socket: "inactive"), .warning, "callers are refused"),
    (.absent, unit("activating", "auto-restart", restarts: 12), .failed, "auto-restart"),
    (.absent, unit("failed", "failed"), .failed, "does not stay up"),
  ]

  @Test(arguments: daemons)
  func daemon(standing: DaemonStanding, unit: UnitStanding?, outcome: CheckLine.Outcome, found: String) {
    let line = CheckVerdict.daemon(standing, unit: unit)
    #expect(line.outcome == outcome && line.found.contains(found), "\(line)")
    #expect((line.advice == nil) == (outcome == .ok), "what is not well comes with what to do")
  }

  @Test func aServiceThatSystemdDoesNotKnowIsNone() {
    #expect(UnitStanding("Id=mpesad.service\nLoadState=not-found\nActiveState=inactive\n") == nil)
    #expect(UnitStanding("") == nil)
  }

  static let commitsTable: [(String?, Double?, CheckLine.Outcome)] = [
    (nil, nil, .ok), (nil, 5, .ok), (nil, 31, .failed), ("disk is full", nil, .failed),
  ]

  @Test(arguments: commitsTable) func commits(failure: String?, busy: Double?, outcome: CheckLine.Outcome) {
    var standing = Self.standing
    standing.failure = failure
    standing.busySeconds = busy
    #expect(CheckVerdict.commits(.answers(standing)).outcome == outcome)
    #expect(CheckVerdict.commits(.absent).outcome == .skipped)
  }

  static let unprovenTable: [(UnprovenMessages?, CheckLine.Outcome, String)] = [
    (nil, .skipped, "does not count"),
    (UnprovenMessages(), .ok, "0 messages of up to 200000 that prove nothing, 0 bytes of 64"),
    (UnprovenMessages(rows: 160_000), .ok, "160000 messages"), (UnprovenMessages(rows: 160_001), .warning, "160001"),
    (UnprovenMessages(bytes: 60 << 20), .warning, "60"),
    (
      UnprovenMessages(
        rows: 5, removed: (7, 3, 999), removedByDay: [.init(day: 1_795_478_400_000_000, rows: 7, bodies: 3, bytes: 999)]
      ),
      .ok, "made room so far: 7 messages, and the bytes of 3 (10 that came on 2026-11-24)"
    ),
  ]

  @Test(arguments: unprovenTable) func unproven(found: UnprovenMessages?, outcome: CheckLine.Outcome, words: String) {
    let line = CheckVerdict.unproven(found)
    #expect(line.outcome == outcome && line.found.contains(words), "\(line)")
    #expect((line.advice == nil) == (outcome != .warning))
  }

  static let spools: [(SpoolStanding?, Int, CheckLine.Outcome)] = [
    (SpoolStanding(bytes: 16 << 20, waiting: 0), 16 << 20, .ok),
    (SpoolStanding(bytes: 16 << 20, waiting: 3), 16 << 20, .failed),
    (SpoolStanding(bytes: 8 << 20, waiting: 0), 16 << 20, .warning),
    (nil, 16 << 20, .warning), (nil, 0, .ok),
  ]

  @Test(arguments: spools) func spool(standing: SpoolStanding?, wanted: Int, outcome: CheckLine.Outcome) {
    #expect(CheckVerdict.spool(standing, wanted: wanted).outcome == outcome)
  }

  static let clocks: [(Microseconds, Bool?, Microseconds?, CheckLine.Outcome)] = [
    (now, true, now - 1, .ok), (now, nil, nil, .ok), (now, false, nil, .warning),
    (now, true, now + 59 * second, .ok), (now, true, now + 61 * second, .failed), (0, true, nil, .failed),
    (0, true, 0, .failed),
  ]

  @Test(arguments: clocks)
  func clock(now: Microseconds, isKept: Bool?, newest: Microseconds?, outcome: CheckLine.Outcome) {
    #expect(CheckVerdict.clock(now: now, isKept: isKept, newest: newest).outcome == outcome)
  }

  static let inboxes: [(Int, Microseconds, Bool, CheckLine.Outcome)] = [
    (0, 0, true, .ok), (0, 0, false, .ok), (5, 59, true, .ok), (5, 61, true, .warning), (5, 601, true, .failed),
    (5, 601, false, .warning),
  ]

  @Test(arguments: inboxes) func inbox(waiting: Int, age: Microseconds, isServed: Bool, outcome: CheckLine.Outcome) {
    let census = Census(
      deliveries: [.received: waiting], oldestWaiting: waiting > 0 ? Self.now - age * Self.second : nil)
    #expect(CheckVerdict.inbox(census, isServed: isServed, now: Self.now).outcome == outcome)
  }

  @Test func whatWaitsForAPersonIsNamedWithTheCommandThatShowsIt() {
    let census = Census(
      deliveries: [.unmatched: 2, .quarantined: 1, .settled: 9], transactions: [.review: 3, .pending: 4])
    let line = CheckVerdict.review(census)
    #expect(line.outcome == .warning)
    #expect(line.found == "3 payments in review, 2 deliveries unmatched, 1 deliveries quarantined")
    #expect(line.advice?.contains("transactions list --status review") == true)
    #expect(CheckVerdict.review(Census(transactions: [.pending: 4])).outcome == .ok)
  }

  static let outboxes: [(OutboxCensus?, CheckLine.Outcome)] = [
    (nil, .skipped), (OutboxCensus(), .ok), (OutboxCensus(waiting: 3, oldestWaiting: now - second), .ok),
    (OutboxCensus(waiting: 3, oldestWaiting: now - 3_601 * second), .warning), (OutboxCensus(parked: 1), .warning),
  ]

  @Test(arguments: outboxes) func webhooks(outbox: OutboxCensus?, outcome: CheckLine.Outcome) {
    #expect(CheckVerdict.webhooks(outbox, now: Self.now).outcome == outcome)
  }

  static let backups: [(Microseconds?, CheckLine.Outcome)] = [
    (nil, .warning), (now - 47 * 3_600 * second, .ok), (now - 49 * 3_600 * second, .failed), (now + second, .ok),
  ]

  @Test(arguments: backups) func backup(newest: Microseconds?, outcome: CheckLine.Outcome) {
    #expect(CheckVerdict.backup(newest: newest, in: "/backups", now: Self.now).outcome == outcome)
  }

  @Test func theWorstDecides() {
    let ok = CheckLine.ok(.disk, "")
    let warning = CheckLine.warning(.log, "", "")
    let failed = CheckLine.failed(.spool, "", "")
    #expect(CheckReport([ok, .skipped(.webhooks, "")]).outcome == .ok)
    #expect(CheckReport([ok, warning]).outcome == .warning)
    #expect(CheckReport([failed, ok, warning]).outcome == .failed)
  }
}
