import Foundation

extension BrowserPage {
  /// Longer than anything takes that is waited for in tests, on a busy machine.
  static let patience: Double = 20

  /// Waits until a condition holds. A page that is just being replaced counts as one that does not fulfil it yet.
  /// - Parameter what: what is waited for, for the one who reads that it did not come.
  func wait(
    until what: String, within seconds: Double = patience, _ condition: () async throws -> Bool
  ) async throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while true {
      var refusal: WebDriver.Refusal?
      do {
        if try await condition() { return }
      } catch let error as WebDriver.Refusal {
        refusal = error
      }
      guard Date() < end else {
        let seen = try? await text()
        throw TimedOut(what: what, seconds: seconds, seen: seen ?? refusal?.description ?? "nothing")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Waits for an element.
  func wait(for selector: String, within seconds: Double = patience) async throws {
    try await wait(until: "the page has \(selector)", within: seconds) { try await has(selector) }
  }

  struct TimedOut: Error, CustomStringConvertible {
    var what: String
    var seconds: Double
    var seen: String
    var description: String { "Not within \(seconds) s: \(what). The page says:\n\(seen)" }
  }
}
