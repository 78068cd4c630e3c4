import Foundation
import Testing

extension BrowserPage {
  /// The rules of WCAG 2.2, levels A and AA.
  private static let tags: DriverValue = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

  /// Holds the page, as it is now, to WCAG 2.2 AA: axe finds nothing that is serious or critical.
  func expectAccessible(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let path = try #require(Requirement.axe, "AXE must name axe.min.js", sourceLocation: sourceLocation)
    if try await !run("return Boolean(window.axe)").isTrue {
      try await run(try String(contentsOfFile: path, encoding: .utf8) + "\nwindow.axe = axe;")
    }
    try await comeToRest()
    let script = """
      axe.run(document, { runOnly: { type: "tag", values: arguments[0] }, resultTypes: ["violations"] }).then(
        (found) => done(found.violations.filter((it) => ["serious", "critical"].includes(it.impact)).map((it) =>
          `${it.impact}: ${it.id}: ${it.help}: ` + it.nodes.slice(0, 3).map((node) => node.html + " " + node.failureSummary).join("; "))),
        (error) => done([String(error)]));
      """
    let found = try await runAsync(script, Self.tags).list.compactMap(\.text)
    let place = try await address
    #expect(found == [], "axe finds on \(place)", sourceLocation: sourceLocation)
  }

  /// That nothing is wider than the window.
  func expectNoSidewaysScrolling(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let script = """
      const width = document.documentElement.clientWidth;
      const wide = [...document.querySelectorAll("body *")].filter((it) => it.checkVisibility()
        && it.getBoundingClientRect().right > width + 0.5 && !it.closest(".scroll, .tabs, body > header nav, .hidden, svg, pre"));
      const all = document.documentElement.scrollWidth;
      if (all > width && wide.length === 0) wide.push(...[...document.querySelectorAll("body *")].filter((it) => it.scrollWidth > it.clientWidth + 1));
      return [all > width ? `${all} px` : "fits", ...wide.slice(0, 3).map((it) => it.outerHTML.slice(0, 200))];
      """
    let found = try await run(script).list.compactMap(\.text)
    #expect(found == ["fits"], "wider than \(visitor.width) px", sourceLocation: sourceLocation)
  }

  /// That everything that is pressed is large enough for a finger: 44 px, but for links within a sentence.
  func expectLargeTargets(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let script = """
      return [...document.querySelectorAll("button, a[href], summary, select, input:not([type=hidden], [type=checkbox], [type=radio])")]
        .filter((it) => it.checkVisibility() && getComputedStyle(it).display !== "inline" && !it.matches(".skip"))
        .filter((it) => { const box = it.getBoundingClientRect(); return box.height < 43.9 || box.width < 24; })
        .map((it) => it.outerHTML.slice(0, 160));
      """
    let small = try await run(script).list.compactMap(\.text)
    #expect(small == [], "too small for a finger", sourceLocation: sourceLocation)
  }
}
