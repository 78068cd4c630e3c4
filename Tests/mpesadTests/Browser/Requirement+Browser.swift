import Foundation

extension Requirement {
  /// Debian's `chromium`.
  static let chromium = executable("chromium")
  /// Debian's `chromium-driver`.
  static let chromedriver = executable("chromedriver")
  /// The file `axe.min.js`, which `pip install axe-playwright-python` brings.
  static let axe = ProcessInfo.processInfo.environment["AXE"].flatMap {
    FileManager.default.isReadableFile(atPath: $0) ? $0 : nil
  }
  /// Whether pages can be opened in a real browser and held to WCAG.
  static let hasBrowser = chromium != nil && chromedriver != nil && axe != nil
  static let browserNeeds =
    "needs chromium and chromedriver (apt-get install chromium chromium-driver) and AXE, the path of axe.min.js "
    + "(pip install axe-playwright-python)"
}
