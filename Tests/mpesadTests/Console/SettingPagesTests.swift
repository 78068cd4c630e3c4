import Foundation
import Testing

@testable import mpesad

/// Settings in the console: shown, changed in two steps, and never a secret in an answer.
@Suite struct SettingPagesTests {
  static let secret = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
  private static let commit = "/settings/change/commit"

  private func form(_ values: (String, String)...) -> String {
    String(
      QueryText.text(values.map { ($0.0.replacing("[", with: "%5B").replacing("]", with: "%5D"), $0.1) }).dropFirst())
  }

  @Test func everySettingIsShownWithItsPurposeSourceAndEffect() async throws {
    try await DeskRig.use(environment: ["MPESA_MAXIMUM_AMOUNT": "5000", "MPESAD_JWT_SECRET": Self.secret]) { rig in
      let html = try await ConsoleVisit(rig).get("/settings").text
      for setting in Setting.allCases {
        #expect(html.contains("<h3>\(setting.rawValue)</h3>"))
        #expect(html.contains(setting.purpose.replacing("'", with: "&#39;")), "\(setting)")
      }
      #expect(Set(SettingGroup.allCases.flatMap(\.settings)).count == Setting.allCases.count)
      for part in [
        "The environment variable MPESA_MAXIMUM_AMOUNT wins: change it there", "needs a restart",
        "No prompt can be sent before these are set: mpesa_consumer_key", "Prompts wait for it.",
        "Set it in the configuration file, then run mpesad reload.", "/console/settings/change?setting=mpesa_passkey\"",
      ] { #expect(html.contains(part), "\(part)") }
      #expect(!html.contains("setting=mpesa_maximum_amount\"") && !html.contains("setting=listen\""))
      #expect(!html.contains(Self.secret) && html.contains("(fingerprint \(Fingerprint.of(Self.secret)))"))
      let refused = try await Self.refusal {
        try await ConsoleVisit(rig).get("/settings/change?setting=mpesa_maximum_amount")
      }
      #expect(refused?.kind == .refused && refused?.description.contains("MPESA_MAXIMUM_AMOUNT") == true)
    }
  }

  @Test func aValueIsChangedInTwoStepsWithAReason() async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig)
      let edit = try await visit.get("/settings/change?setting=mpesa_maximum_amount").text
      #expect(edit.contains("name=\"value[mpesa_maximum_amount]\"") && edit.contains("Now: <bdi>"))
      let wanted = form(("setting", "mpesa_maximum_amount"), ("value[mpesa_maximum_amount]", "700"))
      let preview = try await visit.post("/settings/change", wanted).text
      #expect(preview.contains("becomes 700.") && preview.contains("Prompts over other amounts are refused"))
      #expect(rig.journal.lines.isEmpty && rig.desk.settings.current.rules.maximum.cents != 70_000)
      let without = try await visit.post(Self.commit, wanted + "&reason=")
      #expect(without.status == 400 && without.text.contains("role=\"alert\"") && rig.journal.lines.isEmpty)
      let done = try await visit.post(Self.commit, wanted + "&reason=Low+season")
      #expect(done.text == "/settings" && done.notice == "Changed, and in force: mpesa_maximum_amount.")
      #expect(rig.desk.settings.current.rules.maximum.cents == 70_000)
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("Reason: Low season"))
      #expect(try await visit.get("/settings").text.contains("by asha"))
      let removed = form(("setting", "mpesa_maximum_amount"), ("value[mpesa_maximum_amount]", " "), ("reason", "x"))
      #expect(try await visit.post("/settings/change", removed).text.contains("is removed"))
      _ = try await visit.post(Self.commit, removed)
      #expect(rig.desk.settings.current.rules.maximum.cents != 70_000)
    }
  }

  @Test(arguments: [
    ("mpesa_maximum_amount", "lots"), ("mpesa_environment", "moon"), ("mpesa_callback_url", "ftp://x"),
    ("mpesa_minimum_amount", "999999999"), ("mpesa_webhook_url", "not an address"),
  ])
  func whatCannotBeUsedIsNamedAndNothingIsStored(name: String, value: String) async throws {
    try await DeskRig.use { rig in
      let wanted = form(("setting", name), ("value[\(name)]", value), ("reason", "x"))
      for path in ["/settings/change", Self.commit] {
        let seen = try await ConsoleVisit(rig).post(path, wanted)
        #expect(seen.status == 400 && seen.text.contains("role=\"alert\"") && seen.text.contains(name), "\(path)")
      }
      #expect(rig.journal.lines.isEmpty)
      #expect(try await rig.store.settings().isEmpty)
    }
  }

  @Test func aSecretIsReplacedAndStandsInNoAnswerLogOrAddress() async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig)
      let names = form(
        ("setting", "mpesa_passkey,mpesa_business_shortcode"), ("value[mpesa_business_shortcode]", "174379"))
      var answers = [try await visit.get("/settings/change?setting=mpesa_passkey,mpesa_business_shortcode").text]
      // Also where somebody sends it a step too early.
      answers.append(
        try await visit.post("/settings/change", names + "&" + form(("value[mpesa_passkey]", Self.secret))).text)
      #expect(answers[1].contains("type=\"password\" name=\"secret[mpesa_passkey]\""))
      let typed = names + "&" + form(("secret[mpesa_passkey]", Self.secret))
      answers.append(try await visit.post(Self.commit, typed + "&reason=").text)
      answers.append(try await visit.post(Self.commit, typed + "&reason=x&verify=yes").text)
      #expect(answers[3].contains("Nothing was stored") && rig.journal.lines.isEmpty)
      let done = try await visit.post(Self.commit, typed + "&reason=New+contract")
      answers += [done.text, done.notice ?? ""]
      #expect(done.text == "/settings" && rig.desk.settings.current.source.text(.passkey) == Self.secret)
      answers.append(try await visit.get("/settings").text)
      answers.append(try await visit.get("/settings/change?setting=mpesa_passkey").text)
      answers.append(try await visit.post("/settings/change", form(("setting", "mpesa_passkey"))).text)
      let short = form(("setting", "mpesa_webhook_secret"), ("secret[mpesa_webhook_secret]", "whsec_bad\(Self.secret)"))
      let wrong = try await visit.post(Self.commit, short + "&reason=x")
      #expect(wrong.status == 400 && wrong.text.contains("mpesa_webhook_secret"))
      answers += [wrong.text] + rig.journal.lines
      for answer in answers { #expect(!answer.contains(Self.secret), "\(answer)") }
      #expect(answers[6].contains("(fingerprint \(Fingerprint.of(Self.secret)))"))

      let remove = form(("setting", "mpesa_passkey"), ("remove[]", "mpesa_passkey"), ("reason", "x"))
      #expect(try await visit.post("/settings/change", remove).text.contains("is removed"))
      _ = try await visit.post(Self.commit, remove)
      #expect(rig.desk.settings.current.source.text(.passkey) == nil)
    }
  }

  @Test func aSecretThatWasNotTypedIsNotStored() async throws {
    try await DeskRig.use { rig in
      let seen = try await ConsoleVisit(rig).post(Self.commit, "setting=mpesa_passkey&reason=x")
      #expect(seen.status == 400 && seen.text.contains("Nothing was typed for mpesa_passkey"))
      let incomplete = try await ConsoleVisit(rig).post(Self.commit, "setting=mpesa_maximum_amount&reason=x")
      #expect(incomplete.status == 400 && incomplete.text.contains("says nothing about mpesa_maximum_amount"))
      for name in ["listen", "nothing", "", "mpesa_console,mpesa_console"] {
        #expect(try await Self.refusal { try await ConsoleVisit(rig).get("/settings/change?setting=\(name)") } != nil)
      }
    }
  }

  @Test func whoMayOnlyLookSeesNoFormsAndCanSendNone() async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig, as: .readOnly)
      let html = try await visit.get("/settings").text
      #expect(!html.contains("/console/settings/change"))
      #expect(!(try await visit.get("/settings/connection").text.contains("Test it now")))
      await #expect(throws: ConsoleVisit.Forbidden.self) {
        _ = try await visit.get("/settings/change?setting=mpesa_console")
      }
      for path in ["/settings/change", Self.commit, "/settings/connection"] {
        await #expect(throws: ConsoleVisit.Forbidden.self) { _ = try await visit.post(path, "setting=mpesa_console") }
      }
    }
  }

  @Test(arguments: Hostile.texts) func whatIsTypedIsNeverMarkup(text: String) async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig)
      for name in ["mpesa_merchant_name", "mpesa_callback_url"] {
        let wanted = form(("setting", name), ("value[\(name)]", text), ("reason", "x"))
        for path in ["/settings/change", Self.commit] {
          #expect(Markup(try await visit.post(path, wanted).text).foreign == [])
        }
      }
      Markup.expectOwn(try await visit.get("/settings").text)
    }
  }

  @Test func theWayToDarajaIsTriedStepByStepOneAtATime() async throws {
    try await DeskRig.use(environment: ["MPESAD_DARAJA_BASE_URL": "http://127.0.0.1:1"]) { rig in
      let visit = try ConsoleVisit(rig)
      #expect(try await visit.get("/settings/connection").text.contains("not tried"))
      let tried = try await visit.post("/settings/connection").text
      #expect(tried.contains("no connection to 127.0.0.1:1") && tried.contains("steps failed"))
      #expect(tried.contains("not tried, since a step before it failed"))
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha tests the connection to Daraja"))
      #expect(rig.desk.connectionTests.take())
      let busy = try await Self.refusal { try await visit.post("/settings/connection") }
      #expect(busy?.kind == .tryAgain)
      rig.desk.connectionTests.leave()

      let request = ConsoleRequest(
        session: visit.session, desk: rig.desk, parameters: [:], query: "", body: "",
        headers: [.accept: "text/event-stream"])
      let page = try #require(ConnectionPages.all.first { $0.method == .post })
      guard case .stream(let body) = try await page.action(request) else {
        Issue.record("no stream")
        return
      }
      let events = try await ConsoleVisit.text(of: body).split(separator: "\n\n").map(String.init)
      #expect(events.count == ConnectionStep.allCases.count + 2)
      #expect(events[1].hasPrefix("event: step\ndata: {") && events.last?.hasPrefix("event: end") == true)
      #expect(rig.desk.connectionTests.take(), "the place is free again")
    }
  }

  private static func refusal(_ work: () async throws -> ConsoleVisit.Seen) async throws -> OperationError? {
    do {
      _ = try await work()
      return nil
    } catch let error as OperationError {
      return error
    }
  }
}
