import Foundation
import Payments
import Store
import Testing

@testable import mpesad

/// What the merchant's system was told, in the console.
@Suite struct WebhookPagesTests {
  /// Three settlements: the newest waits after a failed attempt, the second is delivered, the oldest is parked.
  static func fill(_ rig: DeskRig, answer: String = "out of order") async throws -> [OutboxEntry] {
    for phone in 1...3 {
      let payment = try await rig.prompted(phone: "25471122233\(phone)", minutesAgo: 20)
      _ = try await rig.settle(payment, .queryAnswer(.result("1032", description: nil)), at: DeskRig.now + Int64(phone))
    }
    let entries = try await rig.store.outbox(OutboxFilter(), after: nil, limit: 10)
    let verdicts: [OutboxVerdict] = [
      .retry(at: DeskRig.now + 300_000_000), .delivered, .parked(note: "Not taken in 11 attempts."),
    ]
    for (entry, verdict) in zip(entries, verdicts) {
      let attempt = OutboxAttempt(
        at: DeskRig.now, duration: 42_000, status: verdict == .delivered ? 204 : 503, answer: answer)
      try await rig.store.conclude(attempt, of: entry.id, verdict)
    }
    return try await rig.store.outbox(OutboxFilter(), after: nil, limit: 10)
  }

  @Test func theListIsNarrowedByStateEventPaymentOrderAndTime() async throws {
    try await DeskRig.use { rig in
      let entries = try await Self.fill(rig)
      let visit = try ConsoleVisit(rig)
      let links = entries.map { "\"/console/deliveries/\($0.id)\"" }
      func shown(_ query: String) async throws -> [Bool] {
        let html = try await visit.get("/deliveries" + query).text
        #expect(!html.contains("711222"))
        return links.map { html.contains($0) }
      }
      let rows: [(String, [Bool])] = [
        ("", [true, true, true]), ("?state=parked", [false, false, true]),
        ("?state=delivered&event=", [false, true, false]),
        ("?event=payment.failed", [true, true, true]), ("?event=payment.completed", [false, false, false]),
        ("?payment=2&order=&from=&to=", [false, true, false]), ("?order=3", [true, false, false]),
        ("?from=2026-11-24&to=2026-11-24", [true, true, true]), ("?to=2026-11-23", [false, false, false]),
      ]
      for (query, expected) in rows { #expect(try await shown(query) == expected, "\(query)") }
      let html = try await visit.get("/deliveries").text
      #expect(html.contains("class=\"status given-up\">parked") && html.contains("<bdi>503</bdi>"))
      #expect(html.contains("24 Nov 2026, 12:35:00"), "when it is tried next")
      #expect(html.contains("mpesa_webhook_url"), "that nobody is told is said")
      for wrong in ["?state=lost", "?event=x", "?payment=0", "?order=abc", "?from=yesterday"] {
        await #expect(throws: OperationError.self) { _ = try await visit.get("/deliveries" + wrong) }
        await #expect(throws: OperationError.self) { _ = try await visit.get("/deliveries.csv" + wrong) }
      }
    }
  }

  @Test(arguments: ["", "?state=waiting", "?state=delivered", "?state=parked", "?state=unaddressed"])
  func anEmptyListSaysWhatWouldBeThere(query: String) async throws {
    try await DeskRig.use { rig in
      let html = try await ConsoleVisit(rig).get("/deliveries" + query).text
      #expect(html.contains("class=\"empty\"") && !html.contains("<table"))
    }
  }

  @Test func aListGoesOnBehindFiftyAndAsAFile() async throws {
    try await DeskRig.use { rig in
      for number in 10..<62 {
        let payment = try await rig.prompted(phone: "2547112223\(number)")
        _ = try await rig.settle(payment, .queryAnswer(.result("1032", description: nil)))
      }
      let entries = try await rig.store.outbox(OutboxFilter(), after: nil, limit: 60)
      let visit = try ConsoleVisit(rig)
      let first = try await visit.get("/deliveries?state=waiting").text
      #expect(first.contains("/console/deliveries?state=waiting&amp;after=\(entries[49].id)\" rel=\"next\""))
      let second = try await visit.get("/deliveries?state=waiting&after=\(entries[49].id)").text
      #expect(second.contains("/deliveries/\(entries[50].id)\"") && !second.contains("rel=\"next\""))
      let file = try await visit.get("/deliveries.csv?state=waiting&after=5").text.split(separator: "\r\n")
      #expect(file.count == 53 && file[0].hasPrefix("webhook,webhook-id,event,payment,state"))
      #expect(file[1].hasPrefix("\(entries[0].id),evt_\(entries[0].id)_"))
      #expect(rig.journal.lines.last?.contains("asha took a list of webhooks as a file") == true)
    }
  }

  @Test func oneIsShownWithItsAttemptsAndItsBodyMasked() async throws {
    try await DeskRig.use { rig in
      let entries = try await Self.fill(rig, answer: "who is 254711222333?\n\u{1B}[2J")
      let visit = try ConsoleVisit(rig)
      let page = try await visit.get("/deliveries/\(entries[0].id)").text
      for part in [
        "payment.failed", "/console/transactions/3\"", entries[0].webhookID, "42 ms", "503",
        "who is 2547••••333?\\n\\u{1b}[2J",
        "&quot;phone_number&quot;:&quot;2547••••333&quot;", "24 Nov 2026, 12:35:00",
      ] { #expect(page.contains(part), "\(part)") }
      #expect(!page.contains("254711222333") && rig.journal.lines.isEmpty)
      let whole = try await visit.post("/deliveries/\(entries[0].id)/body").text
      #expect(whole.contains("&quot;phone_number&quot;:&quot;254711222333&quot;"))
      #expect(
        rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha looked at the whole body of webhook"))
      let parked = try await visit.get("/deliveries/\(entries[2].id)").text
      #expect(parked.contains("Not taken in 11 attempts.") && parked.contains("not tried again unless you say so"))
      await #expect(throws: OperationError.self) { _ = try await visit.get("/deliveries/999") }
      let story = try await visit.get("/transactions/3").text
      #expect(story.contains("/console/deliveries/\(entries[0].id)\">webhook \(entries[0].id)</a>"))
      #expect(story.contains("/console/deliveries?payment=3\""))
    }
  }

  @Test func chosenOnesAreSentAgainAfterAPreviewAndWithAReason() async throws {
    try await DeskRig.use { rig in
      let entries = try await Self.fill(rig)
      let visit = try ConsoleVisit(rig)
      let form = entries[1...].map { "webhook%5B%5D=\($0.id)" }.joined(separator: "&")
      let preview = try await visit.post("/deliveries/resend", form).text
      #expect(preview.contains("Send 2 webhooks again?") && preview.contains("Delivered before: 1 of 2."))
      #expect(preview.contains("name=\"webhook[]\" value=\"\(entries[2].id)\"") && preview.contains("name=\"reason\""))
      #expect(try await rig.store.outboxEntry(entries[1].id)?.state == .delivered && rig.journal.lines.isEmpty)
      let without = try await visit.post("/deliveries/resend/commit", form + "&reason=+")
      #expect(without.status == 400 && without.text.contains("role=\"alert\"") && rig.journal.lines.isEmpty)
      let done = try await visit.post("/deliveries/resend/commit", form + "&reason=The+shop+lost+them")
      #expect(done.notice == "Sent again: 2 webhooks." && done.text == "/deliveries")
      for entry in entries[1...] {
        let now = try #require(try await rig.store.outboxEntry(entry.id))
        #expect(now.state == .waiting && now.attempts == 0 && now.webhookID == entry.webhookID)
        #expect(now.payload == entry.payload)
      }
      #expect(rig.journal.lines.count == 2)
      #expect(rig.journal.lines[0].contains("asha has webhook \(entries[2].id) sent again. Reason: The shop lost them"))
    }
  }

  @Test func allThatAreParkedAreSentAgainAndWhatIsPurgedIsLeftOut() async throws {
    try await DeskRig.use { rig in
      let entries = try await Self.fill(rig)
      _ = try await rig.store.purgeOutbox(finishedBefore: DeskRig.now + 1_000_000_000, limit: 10, at: DeskRig.now)
      let visit = try ConsoleVisit(rig)
      let purged = try await visit.get("/deliveries/\(entries[1].id)").text
      #expect(purged.contains("Retention has removed it") && !purged.contains("Send it again"))
      await #expect(throws: OperationError.self) {
        _ = try await visit.post("/deliveries/resend", "webhook%5B%5D=\(entries[1].id)")
      }
      let mixed = "webhook%5B%5D=\(entries[1].id)&webhook%5B%5D=\(entries[0].id)"
      let preview = try await visit.post("/deliveries/resend", mixed).text
      #expect(preview.contains("Send 1 webhook again?") && preview.contains("Webhook \(entries[1].id) is left out"))
      let list = try await visit.get("/deliveries?state=parked").text
      #expect(list.contains("Send all that are parked again"))
      let all = try await visit.post("/deliveries/resend", "state=parked").text
      #expect(all.contains("Send 1 webhook again?") && all.contains("name=\"state\" value=\"parked\""))
      #expect(
        try await visit.post("/deliveries/resend/commit", "state=parked&reason=x").text == "/deliveries?state=parked")
      for form in ["", "state=delivered", "state=parked", "webhook%5B%5D=999"] {
        await #expect(throws: OperationError.self) { _ = try await visit.post("/deliveries/resend", form) }
      }
    }
  }

  @Test func manyAreNamedTogetherInTheTrail() async throws {
    try await DeskRig.use { rig in
      for number in 10..<31 {
        let payment = try await rig.prompted(phone: "2547112223\(number)")
        _ = try await rig.settle(payment, .queryAnswer(.result("1032", description: nil)))
      }
      let ids = try await rig.store.outbox(OutboxFilter(), after: nil, limit: 60).map(\.id.number)
      let dry = try await rig.perform(ResendWebhooks(ids: ids, state: nil, reason: nil, isDryRun: true))
      #expect(dry.resent.count == 21 && dry.isDryRun && rig.journal.lines.isEmpty)
      _ = try await rig.perform(ResendWebhooks(ids: ids, state: nil, reason: "x", isDryRun: false))
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha has 21 webhooks sent again, from"))
    }
  }

  @Test func whoMayOnlyLookSeesNoFormsAndCanSendNone() async throws {
    try await DeskRig.use { rig in
      let entries = try await Self.fill(rig)
      let visit = try ConsoleVisit(rig, as: .readOnly)
      for address in ["/deliveries", "/deliveries?state=parked", "/deliveries/\(entries[2].id)"] {
        let html = try await visit.get(address).text
        for part in ["checkbox", "again</button>", "Show it whole", "711222"] {
          #expect(!html.contains(part), "\(address): \(part)")
        }
      }
      for path in ["/deliveries/resend", "/deliveries/resend/commit", "/deliveries/\(entries[2].id)/body"] {
        await #expect(throws: ConsoleVisit.Forbidden.self) {
          _ = try await visit.post(path, "state=parked&reason=x")
        }
      }
      #expect(rig.journal.lines.isEmpty)
    }
  }

  @Test(arguments: Hostile.texts + ["=1+1", "+1", "-1", "@x"]) func whatTheReceiverAnswersIsNeverMarkup(text: String)
    async throws
  {
    try await DeskRig.use { rig in
      let entries = try await Self.fill(rig, answer: text)
      let visit = try ConsoleVisit(rig)
      for address in ["/deliveries", "/deliveries/\(entries[0].id)", "/transactions/3"] {
        Markup.expectOwn(try await visit.get(address).text)
      }
      let hidden = QueryText.text([("payment", text), ("order", text), ("event", text)])
      await #expect(throws: OperationError.self) { _ = try await visit.get("/deliveries" + hidden) }
      for line in try await visit.get("/deliveries.csv").text.split(separator: "\r\n") {
        #expect(!line.contains(",=") && !line.contains(",+") && !line.contains(",-") && !line.contains(",@"), "\(line)")
      }
    }
  }
}
