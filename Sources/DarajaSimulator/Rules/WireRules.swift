import Foundation

/// The forms of single fields (portal, MpesaExpressSimulate).
enum WireRules {
  static func isShortcode(_ text: String) -> Bool { (5...7).contains(text.utf8.count) && isDigits(text) }

  static func isMSISDN(_ text: String) -> Bool {
    text.utf8.count == 12 && isDigits(text) && (text.hasPrefix("2547") || text.hasPrefix("2541"))
  }

  /// Form only: `yyyyMMddHHmmss` with a month, day and time that exist. The real API does not compare it with its
  /// clock.
  static func isTimestamp(_ text: String) -> Bool {
    guard text.utf8.count == 14, isDigits(text), let number = Int(text) else { return false }
    let year = number / 10_000_000_000
    let month = number / 100_000_000 % 100
    let day = number / 1_000_000 % 100
    guard year >= 1, (1...12).contains(month), (1...EastAfricaTime.days(in: month, of: year)).contains(day) else {
      return false
    }
    return number / 10_000 % 100 < 24 && number / 100 % 100 < 60 && number % 100 < 60
  }

  /// An http or https URL with a host, which need not resolve: the real API does not look it up either.
  static func isCallbackURL(_ text: String) -> Bool {
    guard text.count <= SimulatorLimits.callbackURLCharacters,
      let url = URL(string: text, encodingInvalidCharacters: false),
      let scheme = url.scheme?.lowercased(), let host = url.host(), !host.isEmpty
    else { return false }
    return scheme == "http" || scheme == "https"
  }

  /// The real API refuses the name `localhost` (captured 2025). 127.0.0.1 is let through here, because it is how one
  /// tests.
  static func namesLocalhost(_ text: String) -> Bool {
    guard var host = URL(string: text, encodingInvalidCharacters: false)?.host()?.lowercased() else { return false }
    if host.hasSuffix(".") { host.removeLast() }
    return host == "localhost" || host.hasSuffix(".localhost")
  }

  static func isDigits(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
