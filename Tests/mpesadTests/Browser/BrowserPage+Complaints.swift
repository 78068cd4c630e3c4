import Testing

/// What the browser has to complain of: errors of scripts, and what a page's policy forbade.
extension BrowserPage {
  /// Runs before each page's own scripts: keeps what the policy forbade, where a test can ask for it.
  static let watch = """
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
    """

  /// What the browser wrote into its log since it was asked last. Failed loads are not in it: a page may answer 404.
  func complaints() async throws -> [String] {
    try await post("/se/log", ["type": "browser"]).list.compactMap { entry in
      let (source, message) = (entry["source"]?.text ?? "", entry["message"]?.text ?? "")
      return source == "network" && !message.contains("Content Security Policy") ? nil : "\(source): \(message)"
    }
  }

  /// Fails where there are any.
  func expectNoComplaints(
    but expected: [String] = [], _ sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let complaints = try await complaints().filter { complaint in !expected.contains { complaint.contains($0) } }
    #expect(complaints == [], "the browser complains", sourceLocation: sourceLocation)
  }

  /// That nothing ran which a stranger wrote: hostile texts of tests set `window.pwned`, or are kept from it by the policy.
  func expectNothingRan(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let seen = try await run("return [String(window.pwned), ...(window.violations ?? [])]").list.compactMap(\.text)
    #expect(seen == ["undefined"], "a stranger's text ran, or tried to", sourceLocation: sourceLocation)
  }
}
