import Daraja
import HTTPTypes
import Payments
import Store
import Testing

@testable import mpesad

/// Who gets into the console, for how long, and by what.
@Suite struct ConsoleAccessTests {
  private static let now = DeskRig.now
  private static let minute: Microseconds = 60_000_000

  @Test func aLinkLetsOnePersonInOnce() {
    let links = ConsoleLinks()
    let secret = links.make(for: "asha", role: .readOnly, at: Uptime(microseconds: Self.now))
    #expect(
      links.use(secret, at: Uptime(microseconds: Self.now + 9 * Self.minute)) == .letsIn(user: "asha", role: .readOnly))
    #expect(links.use(secret, at: Uptime(microseconds: Self.now + 9 * Self.minute)) == .usedBefore(user: "asha"))
    #expect(links.use(secret, at: Uptime(microseconds: Self.now + 30 * Self.minute)) == .usedBefore(user: "asha"))
  }

  @Test func aLinkIsGoodForTenMinutes() {
    let links = ConsoleLinks()
    let secret = links.make(for: "asha", role: .operator, at: Uptime(microseconds: Self.now))
    #expect(links.use(secret, at: Uptime(microseconds: Self.now + 10 * Self.minute)) == .expired(user: "asha"))
    #expect(
      links.use(secret, at: Uptime(microseconds: Self.now + 11 * Self.minute)) == .expired(user: "asha"),
      "to try does not use it")
  }

  @Test func noTextButTheSecretIsALink() {
    let links = ConsoleLinks(random: { "the-secret" })
    _ = links.make(for: "asha", role: .operator, at: Uptime(microseconds: Self.now))
    for text in ["", "the-secre", "the-secret ", "THE-SECRET"] {
      #expect(links.use(text, at: Uptime(microseconds: Self.now)) == .unknown)
    }
  }

  @Test func onlySoManyLinksAreKnown() {
    let links = ConsoleLinks()
    let first = links.make(for: "asha", role: .operator, at: Uptime(microseconds: Self.now))
    let others = (1...ConsoleLinks.capacity).map { _ in
      links.make(for: "baraka", role: .operator, at: Uptime(microseconds: Self.now))
    }
    #expect(links.use(first, at: Uptime(microseconds: Self.now)) == .unknown)
    #expect(
      others.allSatisfy {
        links.use($0, at: Uptime(microseconds: Self.now)) == .letsIn(user: "baraka", role: .operator)
      })
    let late = Self.now + ConsoleLinks.memory
    _ = links.make(for: "asha", role: .operator, at: Uptime(microseconds: late))
    #expect(links.use(others[0], at: Uptime(microseconds: late)) == .unknown, "a day later nobody needs to know")
  }

  @Test func sessionsEndUnusedAfterHalfAnHourAndInAnyCaseAfterTwelve() async throws {
    try await DeskRig.use { rig in
      let sessions = ConsoleSessions(store: rig.desk.store)
      try await sessions.begin(cookie: "biscuit", user: "<b>asha</b>", role: .operator, at: ClockReading(now: Self.now))
      #expect(
        try await sessions.find("biscuit", at: ClockReading(now: Self.now + 29 * Self.minute))?.user == "<b>asha</b>")
      #expect(try await sessions.find("biscuit", at: ClockReading(now: Self.now + 58 * Self.minute)) != nil)
      #expect(try await sessions.find("biscuit", at: ClockReading(now: Self.now + 88 * Self.minute)) == nil)
      try await sessions.begin(cookie: "ahead", user: "asha", role: .operator, at: ClockReading(now: Self.now))
      #expect(try await sessions.find("ahead", at: ClockReading(now: Self.now - 2 * Self.minute)) == nil)
      #expect(
        try await sessions.find("ahead", at: ClockReading(now: Self.now, isDoubted: true)) == nil,
        "what was over once stays over when the clock is set back, and when it is doubted")
      try await sessions.begin(cookie: "long", user: "asha", role: .operator, at: ClockReading(now: Self.now))
      for step in 1..<36 {
        let found = try await sessions.find("long", at: ClockReading(now: Self.now + Int64(step) * 20 * Self.minute))
        #expect(found != nil)
      }
      #expect(try await sessions.find("long", at: ClockReading(now: Self.now + 720 * Self.minute)) == nil)
    }
  }

  @Test func aSessionThatWasEndedIsNone() async throws {
    try await DeskRig.use { rig in
      let sessions = ConsoleSessions(store: rig.desk.store)
      try await sessions.begin(cookie: "biscuit", user: "asha", role: .operator, at: ClockReading(now: Self.now))
      try await sessions.end("biscuit")
      for cookie in ["biscuit", nil, "", String(repeating: "x", count: ConsoleSessions.longestCookie + 1)] {
        let found = try await sessions.find(cookie, at: ClockReading(now: Self.now))
        #expect(found == nil)
      }
    }
  }

  @Test func cookiesAreForTheConsoleAloneAndForNoScript() {
    #expect(
      ConsoleCookie.set("a", "b", secure: false) == "a=b; Path=/console; HttpOnly; SameSite=Strict")
    #expect(
      ConsoleCookie.set("a", "b", secure: true, seconds: 0)
        == "a=b; Path=/console; HttpOnly; SameSite=Strict; Max-Age=0; Secure")
  }

  @Test(
    arguments: [
      ([:], .unsaid),
      (["sec-fetch-site": "same-origin"], .own),
      (["sec-fetch-site": "none"], .own),
      (["sec-fetch-site": "cross-site"], .foreign),
      (["sec-fetch-site": "same-site"], .foreign),
      (["sec-fetch-site": ""], .foreign),
      (["origin": "https://pay.example.co.ke"], .own),
      (["origin": "http://PAY.example.co.ke"], .own),
      (["origin": "https://pay.example.co.ke:8443"], .foreign),
      (["origin": "https://pay.example.co.ke.evil.example"], .foreign),
      (["origin": "https://evil.example"], .foreign),
      (["origin": "evil"], .foreign),
      (["origin": ""], .foreign),
      (["origin": "null"], .hidden),
      (["origin": "null", "sec-fetch-site": "same-origin"], .own),
      (["origin": "https://pay.example.co.ke", "sec-fetch-site": "cross-site"], .foreign),
      (["origin": "https://pay.example.co.ke:8443", "sec-fetch-site": "same-origin"], .own),
    ] as [([String: String], FormOrigin)])
  func aFormIsFromWhereTheBrowserSays(_ fields: [String: String], _ origin: FormOrigin) {
    var headers = HTTPFields()
    for (name, value) in fields { if let name = HTTPField.Name(name) { headers[name] = value } }
    #expect(FormOrigin(headers, authority: "pay.example.co.ke") == origin)
  }

  @Test(
    arguments: [
      ("127.0.0.1", "http://127.0.0.1:8080", "ssh -L 8080:127.0.0.1:8080 shop"),
      ("0.0.0.0", "http://localhost:8080", "ssh -L 8080:localhost:8080 shop"),
      ("::", "http://localhost:8080", "ssh -L 8080:localhost:8080 shop"),
      ("2001:db8::7", "http://[2001:db8::7]:8080", "ssh -L 8080:[2001:db8::7]:8080 shop"),
      (nil, "http://localhost:8080", "ssh -L 8080:localhost:8080 shop"),
    ] as [(String?, String, String)])
  func aLinkLeadsToWhereABrowserCanGo(_ host: String?, _ base: String, _ tunnel: String) {
    let address = ConsoleAddress(host: host, port: 8_080)
    #expect(address.base(hasTLS: false) == base)
    #expect(address.tunnel(through: "shop") == tunnel)
  }
}
