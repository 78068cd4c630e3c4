import Daraja
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// The inbox in the console.
@Suite struct InboxPagesTests {
  /// One settled, one quarantined, and one unmatched that may be about the second payment.
  private func fill(_ rig: DeskRig) async throws {
    let paid = try await rig.prompted(phone: "254711222333")
    let finding = Finding.evidence(about: .transaction(paid.id), DeskRig.paid(paid), .token, ifUnknown: .giveUp)
    _ = try await rig.deliver(DeskRig.body(paid), to: paid, finding)
    _ = try await rig.deliver("<html>\u{1B}[2J\tno", to: paid, .quarantine(reason: "The body is not JSON."))
    let lost = try await rig.unanswered(minutesAgo: 30)
    let stray = Finding.evidence(
      about: .checkoutRequestID(DeskRig.checkout(lost)), DeskRig.paid(lost), .none, ifUnknown: .giveUp)
    _ = try await rig.deliver(DeskRig.body(lost), to: nil, stray)
  }

  @Test func eachListShowsItsDeliveriesWithReasonAndBeginning() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig)
      let unmatched = try await visit.get("/inbox").text
      #expect(unmatched.contains("/console/inbox/3\"") && !unmatched.contains("/console/inbox/2\""))
      #expect(unmatched.contains("No transaction has this CheckoutRequestID.") && unmatched.contains("stkCallback"))
      let quarantined = try await visit.get("/inbox?state=quarantined").text
      #expect(quarantined.contains("The body is not JSON.") && quarantined.contains("&lt;html&gt;\\u{1b}[2J\\tno"))
      let all = try await visit.get("/inbox?state=all").text
      for id in 1...3 { #expect(all.contains("/console/inbox/\(id)\"")) }
      for list in [unmatched, quarantined, all] {
        #expect(!list.contains("708374149") && !list.contains("711222333"))
      }
      for state in ["parked", "received"] {
        #expect(try await visit.get("/inbox?state=\(state)").text.contains("class=\"empty\""))
      }
      await #expect(throws: OperationError.self) { _ = try await visit.get("/inbox?state=lost") }
    }
  }

  @Test func aListGoesOnBehindFifty() async throws {
    try await DeskRig.use { rig in
      for number in 0..<60 { _ = try await rig.deliver("\(number)", to: nil, .quarantine(reason: "no")) }
      let visit = try ConsoleVisit(rig)
      let first = try await visit.get("/inbox?state=quarantined").text
      #expect(first.contains("/console/inbox/11\"") && !first.contains("/console/inbox/10\""))
      #expect(first.contains("/console/inbox?state=quarantined&amp;after=11"))
      let second = try await visit.get("/inbox?state=quarantined&after=11").text
      #expect(second.contains("/console/inbox/10\"") && !second.contains("rel=\"next\""))
    }
  }

  @Test func bytesAreShownOnDemandAndThatIsNoted() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig)
      let masked = try await visit.get("/inbox/3").text
      #expect(masked.contains("2547••••149") && masked.contains("ws_CO_") && !masked.contains("708374149"))
      #expect(rig.journal.lines.isEmpty)
      let shown = try await visit.post("/inbox/3/bytes").text
      #expect(shown.contains("254708374149") && shown.contains("00000000  7b 22 42 6f"))
      #expect(
        rig.journal.lines.count == 1
          && rig.journal.lines[0].contains("asha looked at the full phone numbers in delivery 3"))
      let html = try await visit.post("/inbox/2/bytes").text
      #expect(html.contains("&lt;html&gt;\\u{1b}[2J\\tno") && html.contains("The body is not JSON"))
    }
  }

  @Test func chosenDeliveriesArePutBackAfterAPreview() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig)
      let form = "csrf=x&delivery%5B%5D=1&delivery%5B%5D=2&delivery%5B%5D=3"
      let preview = try await visit.post("/inbox/replay", form).text
      #expect(
        preview.contains("Put 2 deliveries back to work?") && preview.contains("Delivery 1 is left out: it is settled.")
      )
      #expect(preview.contains("name=\"delivery[]\" value=\"3\""))
      #expect(preview.contains("href=\"/console/inbox?state=all\""))
      let one = try await visit.post("/inbox/replay", "delivery%5B%5D=3").text
      #expect(one.contains("href=\"/console/inbox/3\""), "from its own page one goes back there")
      let chosen = try await visit.post("/inbox/replay", "delivery%5B%5D=3&list=unmatched").text
      #expect(chosen.contains("href=\"/console/inbox?state=unmatched\""))
      #expect(chosen.contains("name=\"list\" value=\"unmatched\""))
      #expect(try await rig.store.delivery(DeliveryID(2))?.state == .quarantined && rig.journal.lines.isEmpty)
      let done = try await visit.post("/inbox/replay/commit", form)
      #expect(done.notice == "Put back to work: 2 deliveries.")
      #expect(try await rig.store.delivery(DeliveryID(2))?.state == .parked)
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha put 2 deliveries back to work"))
    }
  }

  @Test func oneIsDiscardedAfterAPreviewAndWithAReason() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig)
      #expect(try await visit.get("/inbox/2").text.contains("/console/inbox/2/discard"))
      #expect(try await !visit.get("/inbox/1").text.contains("/console/inbox/1/discard"))
      let preview = try await visit.post("/inbox/2/discard").text
      #expect(preview.contains("Discard delivery 2?") && preview.contains("evidence of money"), "\(preview)")
      #expect(preview.contains("name=\"reason\"") && preview.contains("/console/inbox/2/discard/commit"))
      let unreasoned = try await visit.post("/inbox/2/discard/commit", "reason=")
      #expect(unreasoned.status == 400 && unreasoned.text.contains("A reason"))
      #expect(try await rig.store.delivery(DeliveryID(2))?.state == .quarantined)
      let done = try await visit.post("/inbox/2/discard/commit", "reason=A+scanner")
      #expect(done.text == "/inbox/2" && done.notice == "Delivery 2 was discarded.")
      let page = try await visit.get("/inbox/2").text
      #expect(page.contains("status discarded") && page.contains("Discarded by asha: A scanner."))
      #expect(page.contains("its bytes were removed") && !page.contains("/console/inbox/2/discard"))
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha discarded 1 delivery: 2"))
      await #expect(throws: OperationError.self) { _ = try await visit.post("/inbox/1/discard") }
    }
  }

  @Test func allOfAListArePutBackAfterAPreview() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig)
      let preview = try await visit.post("/inbox/replay", "state=quarantined").text
      #expect(
        preview.contains("Put 1 delivery back to work?") && preview.contains("name=\"state\" value=\"quarantined\""))
      #expect(try await visit.post("/inbox/replay/commit", "state=quarantined").text == "/inbox?state=quarantined")
      #expect(try await rig.store.delivery(DeliveryID(2))?.state == .parked)
      for form in ["", "state=settled", "delivery%5B%5D=99"] {
        await #expect(throws: OperationError.self) { _ = try await visit.post("/inbox/replay", form) }
      }
    }
  }

  @Test func aMatchIsSuggestedSaidInWordsAndThenMade() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig)
      let page = try await visit.get("/inbox/3").text
      #expect(page.contains("value=\"2\" aria-label=\"It is about payment 2\" checked") && page.contains("Same phone"))
      let form = "transaction=2&other=&reason=The+only+one"
      let preview = try await visit.post("/inbox/3/match", form).text
      #expect(preview.contains("Only Safaricom&#39;s answer settles it") && preview.contains("value=\"The only one\""))
      #expect(try await rig.store.transaction(TransactionID(2))?.checkoutRequestID == nil && rig.journal.lines.isEmpty)
      let done = try await visit.post("/inbox/3/match/commit", form)
      #expect(done.text == "/transactions/2" && done.notice != nil)
      let matched = try #require(try await rig.store.transaction(TransactionID(2)))
      #expect(matched.status == .pending && matched.checkoutRequestID != nil, "a match pays nothing")
      let story = try await visit.get("/transactions/2").text
      #expect(story.contains("asha matched delivery 3") && story.contains("a person&#39;s match"))
    }
  }

  @Test(arguments: [
    ("reason=x", 400), ("transaction=2&reason=", 400), ("other=abc&reason=x", 400),
    ("transaction=2&other=1&reason=x", 409),
    ("other=77&reason=x", 404),
  ])
  func aMatchThatCannotBeShowsWhy(form: String, status: Int) async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      for path in ["/inbox/3/match", "/inbox/3/match/commit"] {
        let seen = try await ConsoleVisit(rig).post(path, form)
        #expect(seen.status == status && seen.text.contains("role=\"alert\""), "\(seen.status)")
      }
      #expect(try await rig.store.delivery(DeliveryID(3))?.state == .unmatched && rig.journal.lines.isEmpty)
    }
  }

  @Test func whoMayOnlyLookSeesNoFormsAndCanSendNone() async throws {
    try await DeskRig.use { rig in
      try await fill(rig)
      let visit = try ConsoleVisit(rig, as: .readOnly)
      for address in ["/inbox", "/inbox?state=quarantined", "/inbox/2", "/inbox/3"] {
        let html = try await visit.get(address).text
        for part in ["Show the bytes", "Replay", "checkbox", "See what it means", "708374149"] {
          #expect(!html.contains(part), "\(address): \(part)")
        }
      }
      for path in [
        "/inbox/3/bytes", "/inbox/replay", "/inbox/replay/commit", "/inbox/3/match", "/inbox/3/match/commit",
      ] {
        await #expect(throws: ConsoleVisit.Forbidden.self) {
          _ = try await visit.post(path, "state=quarantined&transaction=2&reason=x")
        }
      }
      #expect(rig.journal.lines.isEmpty)
    }
  }

  @Test(arguments: Hostile.texts) func whatStrangersSentIsNeverMarkup(text: String) async throws {
    try await DeskRig.use { rig in
      _ = try await rig.deliver(text, to: nil, .quarantine(reason: text))
      let quoted = text.unicodeScalars.map {
        $0.value < 0x20
          ? "\\u00\($0.value < 16 ? "0" : "")\(String($0.value, radix: 16))" : $0 == "\"" ? "\\\"" : String($0)
      }.joined()
      let body =
        #"{"Body":{"stkCallback":{"CheckoutRequestID":"\#(quoted)","ResultCode":"\#(quoted)","ResultDesc":"\#(quoted)"}}}"#
      let callback = STKCallback(checkoutRequestID: text, resultCode: ResultCode(text), resultDescription: text)
      _ = try await rig.deliver(
        body, to: nil, .evidence(about: .checkoutRequestID(text), callback, .none, ifUnknown: .giveUp))
      let visit = try ConsoleVisit(rig)
      for address in ["/inbox", "/inbox?state=all", "/inbox/1", "/inbox/2"] {
        Markup.expectOwn(try await visit.get(address).text)
      }
      for id in 1...2 { Markup.expectOwn(try await visit.post("/inbox/\(id)/bytes").text) }
      let reason = QueryText.text([("transaction", "7"), ("reason", text)]).dropFirst()
      // The operator's own words are given back as they were typed.
      #expect(Markup(try await visit.post("/inbox/2/match", String(reason)).text).foreign == [])
    }
  }
}
