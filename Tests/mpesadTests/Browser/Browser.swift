import Foundation
import Testing

/// A real browser: headless Chromium, driven over WebDriver.
///
/// Suites that need it stand in ``BrowserTests``, which starts one driver for all of them and ends it with all its browsers:
///
/// ```swift
/// extension BrowserTests {
///   @Suite("What it is about") struct SomePageTests {
///     @Test("What is to be seen") func something() async throws {
///       try await WebHouse.use { house in
///         try await Browser.visit(.phone) { page in
///           try await page.open(house.order().url)
///           try await page.type("0712345678", into: "#phone")
///           try await page.click("button")
///           try await page.wait(until: "the receipt is there") { try await page.has(".paid") }
///           try await page.expectAccessible()
///           try await page.shoot("checkout", "paid")
///         }
///       }
///     }
///   }
/// }
/// ```
///
/// Each visit is a fresh browser (half a second) with a profile, cookies and a history of its own. A script's error, and anything that the
/// page's policy kept from running, fails the test that it happens in.
struct Browser: Sendable {
  @TaskLocal static var current: Browser?

  struct NoBrowser: Error, CustomStringConvertible {
    let description = "There is no browser. Put the suite into BrowserTests: \(Requirement.browserNeeds)."
  }

  let driver: WebDriver
  private let binary: String

  /// Starts a driver for as long as `body` takes.
  static func use(_ body: () async throws -> Void) async throws {
    guard let program = Requirement.chromedriver, let chromium = Requirement.chromium else { throw NoBrowser() }
    let process = try DriverProcess(program)
    defer { process.end() }
    let browser = Browser(driver: WebDriver(port: try await process.port()), binary: chromium)
    try await $current.withValue(browser) { try await body() }
  }

  /// Opens a browser as a visitor has it, for as long as `body` takes.
  /// - Parameter expected: texts; a complaint of the browser that contains one of them is no failure.
  static func visit<Value: Sendable>(
    _ visitor: Visitor = .phone, expecting expected: [String] = [], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (BrowserPage) async throws -> Value
  ) async throws -> Value {
    guard let browser = current else { throw NoBrowser() }
    let page = try await browser.begin(visitor)
    let value: Value
    do {
      value = try await body(page)
    } catch {
      let name = Test.current.map { $0.name.prefix { $0 != "(" } } ?? "test"
      try? await page.shoot("failed", String(name))
      try? await page.expectNoComplaints(but: expected, sourceLocation)
      await page.end()
      throw error
    }
    try await page.expectNoComplaints(but: expected, sourceLocation)
    await page.end()
    return value
  }

  private func begin(_ visitor: Visitor) async throws -> BrowserPage {
    let session = try await driver.call(
      .POST, "/session",
      [
        "capabilities": [
          "alwaysMatch": [
            "goog:chromeOptions": [
              "binary": .string(binary), "args": .array(Visitor.arguments.map(DriverValue.string)),
              "prefs": visitor.preferences,
            ],
            "goog:loggingPrefs": ["browser": "ALL"], "unhandledPromptBehavior": "ignore",
          ]
        ]
      ])
    let id = session["sessionId"]?.text ?? ""
    let pid = session["capabilities"]?["goog:processID"]?.number.map { pid_t($0) }
    let page = BrowserPage(driver: driver, session: "/session/\(id)", visitor: visitor, pid: pid)
    try await page.begin()
    return page
  }
}

/// All suites that need a browser.
@Suite(
  "In a browser", .serialized, .browser,
  .enabled(if: Requirement.met(Requirement.hasBrowser), "\(Requirement.browserNeeds)")
)
enum BrowserTests {}

/// Gives a suite ``Browser/current``.
struct BrowserTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Browser.use(function)
  }
}

extension Trait where Self == BrowserTrait {
  static var browser: Self { Self() }
}
