import Foundation

extension BrowserPage {
  /// Git ignores it.
  static let screenshots: URL = {
    var root = URL(fileURLWithPath: #filePath)
    while root.pathComponents.count > 1, root.lastPathComponent != "Tests" { root.deleteLastPathComponent() }
    return root.deletingLastPathComponent().appendingPathComponent(".build/screenshots")
  }()

  /// Ends what moves; what moves for ever stands still.
  func comeToRest() async throws {
    try await run("for (const it of document.getAnimations()) { try { it.finish() } catch { it.pause() } }")
  }

  /// Takes a picture of the whole page: `.build/screenshots/<page>-<state>-<width>[-dark].png`.
  func shoot(_ page: String, _ state: String) async throws {
    try await comeToRest()
    let size = try await devTools("Page.getLayoutMetrics")["cssContentSize"]
    let picture = try await devTools(
      "Page.captureScreenshot",
      [
        "captureBeyondViewport": true,
        "clip": [
          "x": 0, "y": 0, "width": .number(Double(visitor.width)),
          "height": size?["height"] ?? .number(Double(visitor.height)), "scale": 1,
        ],
      ])
    guard let data = picture["data"]?.text.flatMap({ Data(base64Encoded: $0) }) else { return }
    try FileManager.default.createDirectory(at: Self.screenshots, withIntermediateDirectories: true)
    let name = "\(page)-\(state)-\(visitor.width)" + (visitor.isDark ? "-dark" : "") + ".png"
    try data.write(to: Self.screenshots.appendingPathComponent(name))
  }
}
