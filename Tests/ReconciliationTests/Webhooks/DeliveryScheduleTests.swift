import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

@Suite("When a webhook is tried again")
struct DeliveryScheduleTests {
  private static let start: Microseconds = 1_795_478_400_000_000
  private static let schedule = DeliverySchedule.standard

  private static func entry(attempts: Int, first: Microseconds? = start) -> OutboxEntry {
    OutboxEntry(
      id: OutboxID(1), transaction: TransactionID(1), notification: .completed, createdAt: start, payload: [],
      state: .waiting, attempts: attempts, firstAttemptAt: attempts == 0 ? nil : first)
  }

  private static func verdict(
    _ answer: WebhookAnswer, attempts: Int = 0, at now: Microseconds = start, chance: Double = 0
  ) -> OutboxVerdict {
    schedule.verdict(
      on: answer, to: entry(attempts: attempts), startedAt: start, clock: ClockReading(now: now), chance: chance)
  }

  private static func answered(_ status: Int, retryAfter: Int? = nil) -> WebhookAnswer {
    .answered(status: status, retryAfter: retryAfter.map { .seconds($0) }, excerpt: "")
  }

  @Test("Any 2xx is delivered", arguments: [200, 201, 204, 299])
  func delivered(status: Int) { #expect(Self.verdict(Self.answered(status)) == .delivered) }

  @Test(
    "Everything else is tried again after 5 s at first", arguments: [100, 199, 300, 301, 302, 307, 400, 404, 429, 500])
  func retried(status: Int) {
    #expect(Self.verdict(Self.answered(status)) == .retry(at: Self.start + 5_000_000))
  }

  @Test("410 is an end at once")
  func gone() {
    guard case .parked(let note) = Self.verdict(Self.answered(410)) else { return #expect(Bool(false), "not parked") }
    #expect(note.contains("410"))
  }

  @Test(
    "The waits grow",
    arguments: [
      (0, 5), (1, 300), (2, 1_800), (3, 7_200), (4, 18_000), (5, 36_000), (6, 50_400), (7, 64_800), (8, 79_200),
    ] as [(Int, Microseconds)])
  func waits(attempts: Int, seconds: Microseconds) {
    #expect(Self.verdict(.failed("x"), attempts: attempts) == .retry(at: Self.start + seconds * 1_000_000))
    let spread = Self.verdict(.failed("x"), attempts: attempts, chance: 0.5)
    #expect(spread == .retry(at: Self.start + seconds * 1_050_000))
  }

  @Test("No attempt is later than three days after the first, and the one at the end is the last")
  func end() {
    let end = Self.start + 3 * 86_400_000_000
    #expect(Self.verdict(.failed("x"), attempts: 8, at: end - 1_000_000) == .retry(at: end))
    guard case .parked(let note) = Self.verdict(.failed("no answer."), attempts: 9, at: end) else {
      return #expect(Bool(false), "not parked")
    }
    #expect(note == "Not taken in 10 attempts; the last one: no answer.")
  }

  @Test("Without the clock, too, it ends: the table has an end")
  func tableEnds() {
    #expect(Self.verdict(.failed("x"), attempts: 9) != .delivered)
    guard case .parked = Self.verdict(.failed("x"), attempts: 10) else { return #expect(Bool(false), "not parked") }
  }

  @Test(
    "Retry-After lengthens a wait, within bounds, and never shortens it",
    arguments: [(1, 5), (5, 5), (60, 60), (3_600, 3_600), (999_999, 43_200)] as [(Int, Microseconds)])
  func retryAfter(asked: Int, seconds: Microseconds) {
    #expect(Self.verdict(Self.answered(503, retryAfter: asked)) == .retry(at: Self.start + seconds * 1_000_000))
  }

  @Test(
    "Retry-After is seconds or a date",
    arguments: [
      ("120", 120), (" 7 ", 7), ("0", 0), ("Tue, 24 Nov 2026 00:02:00 GMT", 120),
      ("Mon, 23 Nov 2026 00:00:00 GMT", nil), ("Fri, 01 Jan 9999 00:00:00 GMT", 999_999_999),
      ("-5", nil), ("soon", nil), ("", nil), ("99999999999999999999", nil),
    ] as [(String, Int?)])
  func retryAfterForms(text: String, seconds: Int?) {
    #expect(RetryAfter.duration(text, at: Self.start) == seconds.map { .seconds($0) })
  }
}
