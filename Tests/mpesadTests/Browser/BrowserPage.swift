import Foundation

/// A browser with a page in it. Selectors are CSS; the first element that fits is meant.
struct BrowserPage: Sendable {
  let driver: WebDriver
  let session: String
  private(set) var visitor: Visitor
  let pid: pid_t?

  @discardableResult
  func post(_ path: String, _ body: DriverValue = [:]) async throws -> DriverValue {
    try await driver.call(.POST, session + path, body)
  }

  @discardableResult
  func get(_ path: String) async throws -> DriverValue { try await driver.call(.GET, session + path) }

  /// A command of Chromium's own protocol.
  @discardableResult
  func devTools(_ command: String, _ parameters: DriverValue = [:]) async throws -> DriverValue {
    try await post("/goog/cdp/execute", ["cmd": .string(command), "params": parameters])
  }

  // MARK: Where it is

  func open(_ address: String) async throws { try await post("/url", ["url": .string(address)]) }
  func back() async throws { try await post("/back") }
  func forward() async throws { try await post("/forward") }
  func reload() async throws { try await post("/refresh") }
  var address: String { get async throws { try await get("/url").text ?? "" } }
  var title: String { get async throws { try await get("/title").text ?? "" } }

  // MARK: Scripts, which run whether or not the page's own may

  /// Runs a function's body; `arguments[0]` is the first argument.
  @discardableResult
  func run(_ script: String, _ arguments: DriverValue...) async throws -> DriverValue {
    try await post("/execute/sync", ["script": .string(script), "args": .array(arguments)])
  }

  /// The same, until it calls `done(value)`.
  @discardableResult
  func runAsync(_ script: String, _ arguments: DriverValue...) async throws -> DriverValue {
    let body = "const done = arguments[arguments.length - 1];\n" + script
    return try await post("/execute/async", ["script": .string(body), "args": .array(arguments)])
  }

  /// Runs in every page that is opened from now on, before the page's own scripts.
  func runFirst(_ script: String) async throws {
    try await devTools("Page.addScriptToEvaluateOnNewDocument", ["source": .string(script)])
  }

  // MARK: Windows

  /// Opens another tab and moves to it. It is the same visitor's: cookies and storage are shared.
  /// - Returns: what ``move(to:)`` takes.
  @discardableResult
  func openTab() async throws -> String {
    let handle = try await post("/window/new", ["type": "tab"])["handle"]?.text ?? ""
    try await move(to: handle)
    try await begin()
    return handle
  }

  var tab: String { get async throws { try await get("/window").text ?? "" } }
  func move(to tab: String) async throws { try await post("/window", ["handle": .string(tab)]) }

  // MARK: Beginning and end

  /// Makes a new tab the visitor's.
  func begin() async throws {
    try await runFirst(Self.watch)
    try await look()
    if !visitor.runsScripts { try await devTools("Emulation.setScriptExecutionDisabled", ["value": true]) }
  }

  /// The same page on another screen, or with other colours. Languages, letters and scripts stay as they are.
  func seen(by visitor: Visitor) async throws -> BrowserPage {
    var page = self
    page.visitor = visitor
    try await page.look()
    return page
  }

  private func look() async throws {
    try await devTools(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": .number(Double(visitor.width)), "height": .number(Double(visitor.height)),
        "deviceScaleFactor": .number(visitor.scale), "mobile": .bool(visitor.isMobile),
      ])
    // A finger is a coarse pointer, for which pages make their targets larger.
    try await devTools("Emulation.setTouchEmulationEnabled", ["enabled": .bool(visitor.isMobile)])
    try await devTools(
      "Emulation.setEmulatedMedia",
      [
        "features": [
          ["name": "prefers-color-scheme", "value": visitor.isDark ? "dark" : "light"],
          ["name": "prefers-reduced-motion", "value": visitor.wantsLessMotion ? "reduce" : "no-preference"],
        ]
      ])
  }

  /// Lets the page's clock and its timers go faster, in every page that is opened from now on.
  func hurry(_ times: Int) async throws {
    try await runFirst(
      """
      const now = Date.now.bind(Date), began = now();
      Date.now = () => began + (now() - began) * \(times);
      for (const name of ["setTimeout", "setInterval"]) {
        const real = window[name].bind(window);
        window[name] = (action, wait = 0, ...rest) => real(action, wait / \(times), ...rest);
      }
      """)
  }

  /// Turns the network off and on again.
  func setOffline(_ isOffline: Bool) async throws {
    try await devTools("Network.enable")
    try await devTools(
      "Network.emulateNetworkConditions",
      ["offline": .bool(isOffline), "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1])
  }

  /// Closes the browser, by its process where it does not hear.
  func end() async {
    do {
      _ = try await driver.call(.DELETE, session)
    } catch {
      if let pid { kill(pid, SIGKILL) }
    }
  }
}
