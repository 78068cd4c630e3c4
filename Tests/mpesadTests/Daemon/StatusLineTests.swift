import Store
import Testing

@testable import mpesad

@Suite struct StatusLineTests {
  private static let now: Int64 = 1_795_512_600_000_000

  private static func ago(_ seconds: Int64) -> Int64 { now - seconds * 1_000_000 }

  private static func line(
    _ backlog: Backlog?, path: WritePathState = WritePathState(), missing: [Setting] = [], rest: Int64? = nil,
    refusal: String? = nil
  ) -> StatusLine {
    StatusLine(
      backlog: backlog, path: path, missing: missing, rest: rest, refusal: refusal, now: now)
  }

  @Test(arguments: [
    (line(Backlog()), "nothing waiting; 0 in review; Daraja open; no callback yet"),
    (
      line(Backlog(waiting: 12, oldestWaiting: ago(41), review: 3, lastDelivery: ago(3))),
      "12 waiting, oldest 41 s; 3 in review; Daraja open; last callback 3 s ago"
    ),
    (
      line(Backlog(unmatched: 2, quarantined: 1, lastDelivery: ago(7_300))),
      "nothing waiting; 0 in review; 2 unmatched; 1 quarantined; Daraja open; last callback 2 h ago"
    ),
    (
      line(Backlog(lastDelivery: ago(180)), rest: 25_000_000),
      "nothing waiting; 0 in review; Daraja rests for 25 s (breaker open); last callback 3 min ago"
    ),
    (
      line(Backlog(), missing: [.passkey, .callbackURL]),
      "nothing waiting; 0 in review; receiving only, not set: mpesa_passkey, mpesa_callback_url; no callback yet"
    ),
    (
      line(
        Backlog(waiting: Backlog.countedAtMost, oldestWaiting: ago(200_000), review: Backlog.countedAtMost),
        path: WritePathState(failure: "disk full", spoolBytes: 41_000)),
      "the database does not commit: disk full; 40 KiB of callbacks in the spool; at least 10000 waiting, oldest 2 d; "
        + "at least 10000 in review; Daraja open; no callback yet"
    ),
    (
      line(nil, path: WritePathState(spoolBytes: 300)),
      "1 KiB of callbacks in the spool; the database cannot be read; Daraja open"
    ),
    (
      line(Backlog(), refusal: "Nothing was reloaded: worker is no setting"),
      "Nothing was reloaded: worker is no setting; nothing waiting; 0 in review; Daraja open; no callback yet"
    ),
    (line(Backlog(lastDelivery: ago(-5))), "nothing waiting; 0 in review; Daraja open; last callback 0 s ago"),
  ])
  func itSaysWhatIsWrongWhatWaitsAndWhoWasHeard(line: StatusLine, text: String) { #expect(line.text == text) }
}
