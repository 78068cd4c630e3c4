import Testing

@testable import mpesad

/// Somebody in the console.
extension BrowserPage {
  /// Opens a one-time link and signs in with it, as a person does; without scripts the code is typed.
  func signIn(to house: WebHouse, as role: ConsoleRole = .operator) async throws {
    let link = try await house.consoleLink(role)
    try await open(link)
    if visitor.runsScripts {
      try await wait(until: "the code is filled in") { try await property("value", of: "#link").text != "" }
    } else {
      try await type(String(link.drop { $0 != "#" }.dropFirst()), into: "#link")
    }
    try await press("Sign in")
    try await waitForConsole()
  }

  /// Waits for any page of somebody who is signed in.
  func waitForConsole() async throws { try await wait(for: "nav[aria-label=Console]") }

  /// Opens a page of the console, such as `/inbox`.
  func visit(_ path: String, of house: WebHouse) async throws { try await open(house.baseURL + "/console" + path) }

  /// Takes a picture, and holds the page to what every page is held to. Axe needs scripts.
  func check(_ state: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await expectNoSidewaysScrolling(sourceLocation: sourceLocation)
    if visitor.runsScripts { try await expectAccessible(sourceLocation: sourceLocation) }
    try await shoot("console", state + (visitor.runsScripts ? "" : "-plain"))
  }

  /// What the page says has just been done.
  var notice: String { get async throws { try await text(".notice") ?? "" } }

  /// Sends a form that the page does not have, with the session's own token unless another is given.
  func send(_ path: String, _ fields: [String: String] = [:], csrf: String? = nil) async throws {
    let script = """
      const form = document.createElement("form");
      [form.method, form.action] = ["post", arguments[0]];
      const fields = { csrf: document.querySelector("[name=csrf]")?.value ?? "", ...arguments[1] };
      for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        [field.type, field.name, field.value] = ["hidden", name, value];
        form.append(field);
      }
      document.body.dataset.sent = "";
      document.body.append(form);
      form.submit();
      """
    var values = fields.mapValues(DriverValue.string)
    if let csrf { values["csrf"] = .string(csrf) }
    try await run(script, .string(path), .object(values))
    try await wait(until: "the form is answered") { try await !has("body[data-sent]") }
  }
}
