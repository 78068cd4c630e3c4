import Daraja
import Payments
import Reconciliation
import Store
import Testing

@testable import mpesad

/// One payment in the console, and what an operator can do about it.
@Suite struct TransactionDetailTests {
  /// A payment in review: another amount came than was asked for.
  private func reviewed(_ rig: DeskRig) async throws -> Transaction {
    let transaction = try await rig.prompted()
    let finding = Finding.evidence(
      about: .transaction(transaction.id), DeskRig.paid(transaction, cents: 100), .token, ifUnknown: .giveUp)
    _ = try await rig.deliver(DeskRig.body(transaction), to: transaction, finding)
    return transaction
  }

  @Test func aPaymentShowsWhatIsKnownAndWhatHappened() async throws {
    try await DeskRig.use { rig in
      _ = try await reviewed(rig)
      let html = try await ConsoleVisit(rig).get("/transactions/1").text
      for part in [
        "Payment 1", "status review", "KES 1,500.00 from 2547••••149", "amount mismatch", "KES 1.00", "A-17",
        "Two lamps",
        "Safaricom queued the prompt.", "/console/inbox/1", "Show the bytes", "Ask Safaricom now", "Rule on it",
        "12:29:00",
      ] {
        #expect(html.contains(part), "\(part)")
      }
      #expect(!html.contains("708374149") && rig.journal.lines.isEmpty, "to look is no event")
      await #expect(throws: OperationError.self) { _ = try await ConsoleVisit(rig).get("/transactions/99") }
    }
  }

  @Test func thePhoneIsShownOnceAndThatIsNoted() async throws {
    try await DeskRig.use { rig in
      _ = try await reviewed(rig)
      let visit = try ConsoleVisit(rig)
      #expect(try await visit.post("/transactions/1/phone").text.contains("254708374149"))
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha looked at the full phone number"))
      #expect(try await !visit.get("/transactions/1").text.contains("254708374149"))
    }
  }

  @Test func aRulingIsSaidInWordsBeforeItIsMade() async throws {
    try await DeskRig.use { rig in
      let transaction = try await reviewed(rig)
      let visit = try ConsoleVisit(rig)
      let form = "ruling=completed&reason=On+the+statement+%3Cb%3E"
      let asked = try await visit.post("/transactions/1/ruling", form).text
      #expect(asked.contains("becomes completed") && asked.contains("This cannot be taken back."))
      #expect(
        asked.contains("name=\"reason\" value=\"On the statement &lt;b&gt;\"")
          && asked.contains("name=\"seen\" value=\"review\""))
      #expect(try await rig.store.transaction(transaction.id)?.status == .review && rig.journal.lines.isEmpty)

      let done = try await visit.post("/transactions/1/ruling/commit", form + "&seen=review")
      #expect(done.text == "/transactions/1" && done.notice == "Payment 1 is completed by your ruling.")
      #expect(try await rig.store.transaction(transaction.id)?.status == .completed)
      #expect(
        try await rig.store.timeline(of: transaction.id).last?.event.detail
          == "asha ruled completed: On the statement <b>")
      #expect(rig.journal.lines.count == 1)
      let again = try await visit.post("/transactions/1/ruling/commit", form + "&seen=review")
      #expect(again.status == 409 && again.text.contains("became completed"))
      #expect(!again.text.contains("Rule on it"), "nothing is left to rule")
    }
  }

  @Test(arguments: [("ruling=completed&reason=", 400), ("reason=x", 400), ("ruling=completed&reason=a%0Ab", 400)])
  func aRulingWithoutChoiceOrReasonShowsTheFormAgain(form: String, status: Int) async throws {
    try await DeskRig.use { rig in
      _ = try await reviewed(rig)
      for path in ["/transactions/1/ruling", "/transactions/1/ruling/commit"] {
        let seen = try await ConsoleVisit(rig).post(path, form + "&seen=review")
        #expect(seen.status == status && seen.text.contains("role=\"alert\"") && seen.text.contains("Rule on it"))
      }
    }
  }

  @Test func safaricomIsAskedAndItsAnswerIsSaid() async throws {
    let answer: @Sendable (SQLiteStore, TransactionID) async -> AskOutcome = { store, id in
      _ = try? await store.settle(
        id, with: .queryAnswer(.result("1032", description: "Cancelled")), nextQueryAt: nil, at: DeskRig.now)
      return .asked
    }
    try await DeskRig.use(asking: answer) { rig in
      _ = try await rig.prompted()
      let seen = try await ConsoleVisit(rig).post("/transactions/1/ask")
      #expect(seen.text == "/transactions/1" && seen.notice?.hasSuffix("It is failed now.") == true)
      #expect(rig.journal.lines.first?.contains("asha asks Safaricom") == true)
    }
  }

  static let refusals: [(AskOutcome, Int, String)] = [
    (.later(in: 9_000_000), 429, "before 24 Nov 2026, 12:30:09"), (.notNeeded, 409, "Nobody was asked."),
    (.failed, 503, "could not be kept"),
  ]

  @Test(arguments: refusals.indices) func aQuestionThatIsNotPutSaysWhy(index: Int) async throws {
    let (outcome, status, words) = Self.refusals[index]
    try await DeskRig.use(asking: { _, _ in outcome }) { rig in
      let transaction = try await rig.prompted()
      if outcome == .notNeeded { _ = try await rig.settle(transaction, .callback(DeskRig.paid(transaction), .token)) }
      let seen = try await ConsoleVisit(rig).post("/transactions/1/ask")
      #expect(seen.status == status && seen.text.contains(words), "\(seen.text)")
    }
  }

  @Test func whoMayOnlyLookSeesNoFormsAndCanSendNone() async throws {
    try await DeskRig.use { rig in
      let transaction = try await reviewed(rig)
      let visit = try ConsoleVisit(rig, as: .readOnly)
      let html = try await visit.get("/transactions/1").text
      for part in ["Show the phone", "Ask Safaricom", "Rule on it", "Show the bytes", "708374149"] {
        #expect(!html.contains(part), "\(part)")
      }
      for path in ["phone", "ask", "ruling", "ruling/commit"] {
        await #expect(throws: ConsoleVisit.Forbidden.self) {
          _ = try await visit.post("/transactions/1/\(path)", "ruling=completed&reason=x&seen=review")
        }
      }
      #expect(try await rig.store.transaction(transaction.id)?.status == .review && rig.journal.lines.isEmpty)
    }
  }

  @Test(arguments: Hostile.texts) func whatStrangersSentIsNeverMarkup(text: String) async throws {
    try await DeskRig.use { rig in
      let transaction = try await rig.prompted()
      var callback = DeskRig.paid(transaction, cents: 100)
      (callback.resultDescription, callback.resultCode) = (text, ResultCode(text))
      _ = try await rig.settle(transaction, .callback(callback, .token))
      let order = try await rig.store.createOrder(
        NewOrder(amount: Amount(cents: 100), description: text, reference: text, createdBy: text), at: DeskRig.now)
      let opening = try await rig.store.openPush(
        order: order.id, phone: try MSISDN("254711222333"), createdBy: text, rules: AdmissionRules(),
        firstQueryAt: DeskRig.now, at: DeskRig.now)
      guard case .opened(let other, _) = opening else { throw ExampleLedger.UnexpectedOpening(opening: opening) }
      _ = try await rig.settle(
        other, .pushAnswer(.accepted(merchantRequestID: text, checkoutRequestID: "ws_CO_" + text)))
      let visit = try ConsoleVisit(rig)
      for address in ["/transactions", "/transactions/1", "/transactions/2"] {
        Markup.expectOwn(try await visit.get(address).text)
      }
      Markup.expectOwn(try await visit.post("/transactions/1/phone").text)
      let escaped = QueryText.text([("ruling", "completed"), ("reason", text)]).dropFirst()
      // The operator's own words are given back as they were typed.
      #expect(Markup(try await visit.post("/transactions/2/ruling", String(escaped)).text).foreign == [])
    }
  }
}
