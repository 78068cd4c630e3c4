import Daraja
import Testing

@testable import mpesad

/// Coming and going, as a browser sees it.
@Suite(.timeLimit(.minutes(2))) struct ConsoleSignInTests {
  private static let minute: Microseconds = 60_000_000

  @Test func whileItIsClosedNobodyCanTellThatItExists() async throws {
    try await ConsoleHouse.use(isOpen: false) { house in
      let browser = ConsoleBrowser(port: house.port)
      let nothing = try await browser.get("/nothing/here")
      let paths = ConsolePages.all.map { "/console" + $0.path.replacing(":id", with: "1") }
      for path in paths + ["/console", "/console/login", "/console/logout", "/console/nothing", style] {
        for answer in [
          try await browser.get(path), try await browser.post(path, ""), try await browser.send(.DELETE, path),
        ] {
          #expect(answer.status == 404 && answer.body == nothing.body, "\(path)")
          #expect(answer.headers.keys.sorted() == nothing.headers.keys.sorted(), "\(path)")
        }
      }
      await #expect(throws: OperationError.self) { _ = try await house.link() }
    }
  }

  private var style: String { "/console/" + ConsoleTemplates.style.path }

  @Test func itIsClosedUnlessSomebodyOpensIt() async throws {
    let source = try await SettingsSource(file: nil, environment: [:], flags: [:])
    #expect(try Settings(source).isConsoleOpen == false)
  }

  @Test func aLinkLetsInOnceAndNeverAgain() async throws {
    try await ConsoleHouse.use { house in
      let (secret, browser) = (try await house.link(), ConsoleBrowser(port: house.port))
      let page = try await browser.get("/console/login")
      #expect(page.status == 200 && page.body.contains("name=\"link\"") && page.cookies.isEmpty)
      let answer = try await browser.post("/console/login", "link=\(secret)")
      #expect(answer.status == 303 && answer.location == "/console/")
      let cookie = try #require(answer.cookies.first)
      #expect(cookie.hasPrefix("mpesad_console=") && !cookie.contains(secret))
      #expect(cookie.hasSuffix("; Path=/console; HttpOnly; SameSite=Strict"), "\(cookie)")
      #expect(try await browser.get("/console/").body.contains("<h1>Today</h1>"))

      let second = try await ConsoleBrowser(port: house.port).post("/console/login", "link=\(secret)")
      #expect(second.status == 403 && second.cookies.isEmpty)
      #expect(second.body.contains("used already") && second.body.contains("mpesad console-link"))
      #expect(!second.body.contains(secret))
      let line = try #require(house.journal.lines.last { $0.contains("login_refused") })
      #expect(line.contains("the one-time link was used before") && !line.contains(secret))
    }
  }

  @Test func whoeverIsNotLetInIsToldWhyAndSoIsTheLog() async throws {
    try await ConsoleHouse.use { house in
      let old = try await house.link()
      let browser = ConsoleBrowser(port: house.port)
      house.pass(ConsoleLinks.lifetime)
      let cases: [(form: String, status: Int, told: String, logged: String?)] = [
        ("link=\(old)", 403, "older than 10 minutes", "the one-time link was older than 10 minutes"),
        ("link=nothing-of-the-kind", 403, "No such link is known", "no such one-time link is known"),
        ("token=abc.def.ghi", 403, "This token lets nobody in", "the token is not one of the staff's"),
        ("link=", 400, "Nothing was given", nil), ("", 400, "Nothing was given", nil),
        ("link=%ZZ&&&=", 400, "Nothing was given", nil),
      ]
      for (form, status, told, logged) in cases {
        let before = house.journal.lines.count
        let answer = try await browser.post("/console/login", form)
        #expect(answer.status == status && answer.body.contains(told) && answer.cookies.isEmpty, "\(form)")
        #expect(answer.body.contains("name=\"link\""), "one can try again at once")
        let lines = house.journal.lines.dropFirst(before).filter { $0.contains("login_refused") }
        #expect(lines.count == (logged == nil ? 0 : 1) && lines.allSatisfy { $0.contains(logged ?? "") }, "\(lines)")
        #expect(lines.allSatisfy { !$0.contains("abc.def") && !$0.contains(old) && !$0.contains("of-the-kind") })
      }
    }
  }

  @Test func theStaffComeInWithTheShopsOwnTokens() async throws {
    try await ConsoleHouse.use { house in
      let browser = ConsoleBrowser(port: house.port)
      let answer = try await browser.post("/console/login", "token=+\(try await house.token("wanjiku"))%0A")
      #expect(answer.location == "/console/")
      #expect(try await browser.get("/console/").body.contains("wanjiku <small>operator</small>"))
      for token in [
        try await house.token(isStaff: false), try await house.token(seconds: -3_600), "JWT " + "a.b.c",
      ] {
        let refused = try await ConsoleBrowser(port: house.port).post("/console/login", "token=\(token)")
        #expect(refused.status == 403 && refused.cookies.isEmpty)
      }
    }
  }

  @Test(.enabled(if: Requirement.met(ServerCertificate.openssl != nil), "needs the openssl program"))
  func underTLSTheCookieGoesNoOtherWay() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let own = try await ServerCertificate(in: workspace.path)
    try await ConsoleHouse.use([.tlsCertificateFile: own.certificate, .tlsKeyFile: own.key]) { house in
      let browser = ConsoleBrowser(port: house.port, trusting: own.certificate)
      let answer = try await browser.post("/console/login", "link=\(try await house.link())")
      #expect(answer.cookies.first?.hasSuffix("; HttpOnly; SameSite=Strict; Secure") == true)
      let away = try await browser.submit("/console/logout")
      #expect(away.cookies.first?.hasSuffix("; Max-Age=0; Secure") == true)
    }
  }

  @Test(arguments: [("127.0.0.1", "https", true), ("127.0.0.1", "http", false), ("10.0.0.1", "https", false)])
  func aProxysWordCountsIfItIsTrusted(_ trusted: String, _ scheme: String, _ isSecure: Bool) async throws {
    try await ConsoleHouse.use([.trustedProxies: trusted]) { house in
      let answer = try await ConsoleBrowser(port: house.port).post(
        "/console/login", "link=\(try await house.link())", ["x-forwarded-proto": scheme])
      #expect(answer.cookies.first?.contains("; Secure") == isSecure)
    }
  }

  @Test(
    arguments: [
      ([:], 303), (["origin": "OWN"], 303), (["origin": "null"], 403), (["origin": "https://evil.example"], 403),
      (["origin": "null", "sec-fetch-site": "same-origin"], 303), (["sec-fetch-site": "cross-site"], 403),
    ] as [([String: String], Int)])
  func nobodyIsSignedInByAnotherSite(_ headers: [String: String], _ status: Int) async throws {
    try await ConsoleHouse.use { house in
      let browser = ConsoleBrowser(port: house.port)
      let secret = try await house.link()
      let sent = headers.mapValues { $0 == "OWN" ? browser.base : $0 }
      let answer = try await browser.post("/console/login", "link=\(secret)", sent)
      #expect(answer.status == status && answer.cookies.isEmpty == (status == 403))
      if status == 403 {
        #expect(answer.body.contains("not from another site"))
        #expect(try await browser.post("/console/login", "link=\(secret)").status == 303, "the link is not used up")
      }
    }
  }

  @Test func anAddressMayTryTenTimesAMinute() async throws {
    try await ConsoleHouse.use { house in
      let browser = ConsoleBrowser(port: house.port)
      for _ in 0..<SignIn.attemptsPerMinute {
        #expect(try await browser.post("/console/login", "link=guess").status == 403)
      }
      let secret = try await house.link()
      let lines = house.journal.lines.count
      let answer = try await browser.post("/console/login", "link=\(secret)")
      #expect(answer.status == 429 && answer.body.contains("Too many attempts") && answer.cookies.isEmpty)
      #expect(house.journal.lines.count == lines, "nobody fills the log")
      house.pass(Self.minute)
      #expect(try await browser.post("/console/login", "link=\(secret)").status == 303)
    }
  }

  @Test func whoeverIsNotSignedInIsLedToTheSignIn() async throws {
    try await ConsoleHouse.use { house in
      let browser = ConsoleBrowser(port: house.port)
      let paths = ConsolePages.all.map { (page: ConsolePage) in
        (page.method == .post, "/console" + page.path.replacing(":id", with: "1"))
      }
      for (isForm, path) in paths + [(false, "/console/nothing/here"), (true, "/console/nothing"), (false, "/console")]
      {
        let answer = try await isForm ? browser.post(path, "csrf=x") : browser.get(path)
        #expect(answer.status == 303 && answer.location == "/console/login", "\(path)")
      }
      #expect(try await house.trail().isEmpty)
    }
  }

  @Test func aSessionEndsUnusedAfterHalfAnHour() async throws {
    try await ConsoleHouse.use { house in
      let browser = try await house.visitor()
      house.pass(29 * Self.minute)
      #expect(try await browser.get("/console/").status == 200)
      house.pass(31 * Self.minute)
      #expect(try await browser.get("/console/").location == "/console/login")
      let late = try await browser.submit("/console/transactions/1/ask")
      #expect(late.location == "/console/login")
    }
  }

  @Test func aSessionEndsInAnyCaseAfterTwelveHours() async throws {
    try await ConsoleHouse.use { house in
      let browser = try await house.visitor()
      for _ in 0..<28 {
        house.pass(25 * Self.minute)
        #expect(try await browser.get("/console/audit").status == 200)
      }
      house.pass(20 * Self.minute)
      #expect(try await browser.get("/console/audit").location == "/console/login")
    }
  }

  @Test func signingOutEndsTheSessionEverywhere() async throws {
    try await ConsoleHouse.use { house in
      let browser = try await house.visitor()
      let cookie = browser.session
      let forged = try await browser.post("/console/logout", "csrf=wrong")
      #expect(forged.status == 403)
      #expect(try await browser.get("/console/").status == 200, "no other site signs anybody out")
      let answer = try await browser.submit("/console/logout")
      #expect(answer.location == "/console/login" && browser.session.isEmpty)
      #expect(answer.cookies.first?.contains("Max-Age=0") == true)
      let again = try await browser.get("/console/", ["cookie": "mpesad_console=\(cookie)"])
      #expect(again.location == "/console/login", "the cookie alone is worth nothing any more")
      #expect(try await browser.post("/console/logout", "").location == "/console/login", "once more does no harm")
      #expect(
        try await house.trail().map { "\($0.actor) \($0.what)" } == [
          "\(ConsoleHouse.user) signed out", "\(ConsoleHouse.user) signed in from 127.0.0.1",
          "\(ConsoleHouse.user) made a link into the console for the role operator",
        ])
      for event in ["login", "logout"] {
        #expect(house.journal.lines.contains { $0.contains("MPESA_EVENT=\(event)") }, "\(house.journal.lines)")
      }
    }
  }
}
