import Daraja
import Foundation
import Hummingbird
import Payments
import Testing

@testable import mpesad

/// What forms prove, what roles may, and what addresses that are none answer. Every page there is passes here, also those to come.
@Suite(.timeLimit(.minutes(2))) struct ConsoleFormTests {
  private static let forms = ConsolePages.all.filter { $0.method == .post }
  private static let notYours = "Nothing was changed"

  private static func address(_ page: ConsolePage) -> String {
    "/console"
      + page.path.split(separator: "/").map { $0.hasPrefix(":") ? "/1" : "/\($0)" }.joined()
  }

  @Test func pagesShowAndFormsChange() {
    #expect(ConsolePages.all.allSatisfy { $0.method == .get || $0.method == .post })
    let open = Self.forms.filter { $0.role == .readOnly }.map(\.path)
    #expect(open == ["/transactions/search"], "a form for everybody is one that only looks")
    #expect(Self.forms.count > 5)
  }

  @Test func noFormIsTakenWithoutTheSessionsToken() async throws {
    try await ConsoleHouse.use { house in
      _ = try await house.ledger.prompted()
      let (browser, other) = (try await house.visitor(), try await house.visitor())
      let before = try await house.trail().count
      for page in Self.forms {
        for form in ["", "csrf=", "csrf=\(browser.csrf.dropLast())0", "csrf=\(other.csrf)", "CSRF=\(browser.csrf)"] {
          let answer = try await browser.post(Self.address(page), form)
          #expect(answer.status == 403 && answer.body.contains(Self.notYours), "\(page.path) \(form)")
        }
      }
      #expect(try await house.trail().count == before, "nothing was done")
    }
  }

  @Test(
    arguments: [
      (["origin": "https://evil.example"], false), (["sec-fetch-site": "cross-site"], false),
      (["origin": "null"], true), (["origin": "null", "sec-fetch-site": "same-origin"], true), ([:], true),
    ] as [([String: String], Bool)])
  func noFormIsTakenFromAnotherSite(_ headers: [String: String], _ isTaken: Bool) async throws {
    try await ConsoleHouse.use { house in
      _ = try await house.ledger.prompted()
      let browser = try await house.visitor()
      for page in Self.forms {
        let answer = try await browser.submit(Self.address(page), "", headers)
        #expect(answer.body.contains(Self.notYours) != isTaken, "\(page.path)")
        #expect((answer.status == 403) != isTaken, "\(page.path) \(answer.status)")
      }
    }
  }

  @Test func whoeverMayOnlyLookIsGivenNoOperatorsPage() async throws {
    try await ConsoleHouse.use { house in
      _ = try await house.ledger.prompted()
      let browser = try await house.visitor(.readOnly)
      let before = try await house.trail().count
      for page in ConsolePages.all where page.role == .operator {
        let answer =
          try await page.method == .post
          ? browser.submit(Self.address(page)) : browser.get(Self.address(page))
        #expect(answer.status == 403 && answer.body.contains("signed in to look only"), "\(page.path)")
      }
      #expect(try await house.trail().count == before)
      let page = try await browser.get("/console/transactions/1")
      #expect(page.status == 200 && page.body.contains("<small>read-only</small>"))
      #expect(!page.body.contains("Ask Safaricom now") && !page.body.contains("708374149"))
      #expect(try await browser.submit("/console/transactions/search", "q=A-17").status != 403)
    }
  }

  @Test func aFormThatIsTooLargeIsRefused() async throws {
    try await ConsoleHouse.use { house in
      let browser = try await house.visitor()
      let reason = String(repeating: "r", count: ConsoleRequest.formLimit)
      let answer = try await browser.submit("/console/transactions/1/ruling", "reason=\(reason)")
      #expect(answer.status == 400 && answer.body.contains("larger than 64 KiB"))
    }
  }

  @Test(
    arguments: [
      ("GET", "/console/nothing", "There is no such page"), ("GET", "/console/transactions/1/2/3", "no such page"),
      ("GET", "/console/transactions/none", "no such page"), ("GET", "/console/transactions/999", "no transaction 999"),
      ("GET", "/console/transactions/1/ruling", "answer to a form"), ("POST", "/console/audit", "no such page"),
      ("DELETE", "/console/", "no such page"), ("GET", "/console/%3Cscript%3E", "no such page"),
      ("GET", "/console/../console/x", "no such page"),
    ])
  func whatIsNoPageIsSaidOnAPage(_ method: String, _ path: String, _ says: String) async throws {
    try await ConsoleHouse.use { house in
      let answer = try await house.visitor().send(.init(rawValue: method), path)
      #expect(answer.status == 404 && answer.headers["content-type"] == "text/html; charset=utf-8")
      #expect(answer.body.contains(says) && answer.body.contains("<nav aria-label=\"Console\">"), "\(answer.body)")
      Markup.expectOwn(answer.body)
    }
  }

  @Test func pagesAreKeptNowhereAndRunNothingOfStrangers() async throws {
    try await ConsoleHouse.use { house in
      let browser = try await house.visitor()
      for path in ["/console/", "/console/login", "/console/audit", "/console/nothing", "/console/audit.csv"] {
        let headers = try await browser.get(path).headers
        #expect(headers["cache-control"] == "no-store", "\(path)")
        #expect(headers["content-security-policy"]?.contains("default-src 'none'; script-src 'self'") == true)
        #expect(headers["x-content-type-options"] == "nosniff")
        #expect(headers["referrer-policy"] == "same-origin", "with none, browsers hide where a form is from")
      }
      let asset = try await browser.get("/console/" + ConsoleTemplates.script.path)
      #expect(asset.status == 200 && asset.headers["cache-control"]?.contains("immutable") == true)
      #expect(try await browser.get("/console/assets/0000/console.js").status == 404)
    }
  }

  @Test(arguments: Hostile.texts)
  func whatIsHostileStaysText(_ text: String) async throws {
    try await ConsoleHouse.use { house in
      let escaped = try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let browser = ConsoleBrowser(port: house.port)
      Markup.expectOwn(try await browser.post("/console/login", "link=\(escaped)&token=\(escaped)").body)
      let signIn = try await browser.post("/console/login", "token=\(try await house.token(text))")
      if text.unicodeScalars.contains("\u{0}") {
        #expect(signIn.status != 303, "a name with controls is nobody's")
        _ = try await browser.post("/console/login", "token=\(try await house.token("amina"))")
      }
      try await house.store.record([
        .init(at: DeskRig.now, actor: text, what: text, transaction: TransactionID(7), why: text)
      ])
      for path in ["/console/audit", "/console/audit?before=\(escaped)", "/console/\(escaped)"] {
        let answer = try await browser.get(path)
        #expect(answer.body.contains("Sign out"), "\(path)")
        Markup.expectOwn(answer.body)
      }
      let notice = try await browser.get("/console/audit", ["cookie": "mpesad_notice=\(escaped)"])
      Markup.expectOwn(notice.body)
      let file = try await browser.get("/console/audit.csv").body
      #expect(!file.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("=") || $0.contains("\u{1B}") })
    }
  }
}
