/// What stands in the page, and what a visitor does with it.
extension BrowserPage {
  /// What WebDriver calls a reference to an element.
  private static let reference = "element-6066-11e4-a52e-4f735466cecf"

  private func element(_ selector: String) async throws -> String {
    let found = try await post("/element", ["using": "css selector", "value": .string(selector)])
    return "/element/" + (found[Self.reference]?.text ?? "")
  }

  /// Whether it is in the page, shown or not.
  func has(_ selector: String) async throws -> Bool { try await count(selector) > 0 }

  func count(_ selector: String) async throws -> Int {
    Int(try await run("return document.querySelectorAll(arguments[0]).length", .string(selector)).number ?? 0)
  }

  /// Whether it is there to be seen.
  func shows(_ selector: String) async throws -> Bool {
    let script = "return [...document.querySelectorAll(arguments[0])].some(it => it.checkVisibility())"
    return try await run(script, .string(selector)).isTrue
  }

  /// Its text as a reader sees it; nil where there is none.
  func text(_ selector: String = "body") async throws -> String? {
    try await run("return document.querySelector(arguments[0])?.innerText?.trim()", .string(selector)).text
  }

  /// The texts of all that fit.
  func texts(_ selector: String) async throws -> [String] {
    let script = "return [...document.querySelectorAll(arguments[0])].map(it => it.innerText.trim())"
    return try await run(script, .string(selector)).list.compactMap(\.text)
  }

  func attribute(_ name: String, of selector: String) async throws -> String? {
    let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])"
    return try await run(script, .string(selector), .string(name)).text
  }

  /// A property, such as `value` of a field.
  func property(_ name: String, of selector: String) async throws -> DriverValue {
    try await run("return document.querySelector(arguments[0])?.[arguments[1]]", .string(selector), .string(name))
  }

  /// Clicks where a person would; fails where something else lies over it or it is not shown.
  func click(_ selector: String) async throws { try await post("\(element(selector))/click") }

  /// Clicks the first button or link with this text.
  func press(_ label: String) async throws {
    let script = """
      for (const old of document.querySelectorAll("[data-pressed]")) delete old.dataset.pressed;
      const all = [...document.querySelectorAll("button, a, summary, label")].filter(it => it.checkVisibility());
      const found = all.find(it => it.innerText.trim() === arguments[0]) ?? all.find(it => it.innerText.includes(arguments[0]));
      if (found) found.dataset.pressed = "";
      return all.map(it => it.innerText.trim());
      """
    let labels = try await run(script, .string(label))
    guard try await has("[data-pressed]") else {
      throw Missing(
        what: "a button or link \"\(label)\"", seen: labels.list.compactMap(\.text).joined(separator: " | "))
    }
    try await click("[data-pressed]")
  }

  /// Presses a button that asks for the next page, and waits for that.
  func press(_ label: String, for selector: String) async throws {
    try await press(label)
    try await wait(for: selector)
  }

  /// Types into a field, behind what stands in it.
  func type(_ text: String, into selector: String) async throws {
    try await post("\(element(selector))/value", ["text": .string(text)])
  }

  func clear(_ selector: String) async throws { try await post("\(element(selector))/clear") }

  /// Presses keys, one after the other, wherever the focus is. Named ones are in ``Key``.
  func keys(_ text: String) async throws {
    let actions = text.map { key in
      [["type": "keyDown", "value": .string(String(key))], ["type": "keyUp", "value": .string(String(key))]]
        as [DriverValue]
    }
    try await post(
      "/actions",
      ["actions": [["type": "key", "id": "keyboard", "actions": .array(actions.flatMap { $0 })]]])
  }

  /// Keys without a letter, as WebDriver names them.
  enum Key {
    static let enter = "\u{E007}"
    static let tab = "\u{E004}"
    static let escape = "\u{E00C}"
    static let space = " "
  }

  /// What has the focus: its tag and its id or text.
  var focus: String {
    get async throws {
      let script =
        "const it = document.activeElement; return `${it.localName} ${it.id || it.innerText?.trim().slice(0, 60) || ''}`.trim()"
      return try await run(script).text ?? ""
    }
  }

  /// What a page lacks.
  struct Missing: Error, CustomStringConvertible {
    var what: String
    var seen: String
    var description: String { "The page has no \(what), but: \(seen)" }
  }
}
