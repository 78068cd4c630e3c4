import HTTPTypes
import Hummingbird

/// The console's cookies: who somebody is, and what is told on the next page.
enum ConsoleCookie {
  static let session = "mpesad_console"
  static let notice = "mpesad_notice"
  /// The longest notice, in bytes as it travels.
  static let longestNotice = 1_500

  /// The value of a cookie that the browser sent.
  static func value(_ name: String, in headers: HTTPFields) -> String? {
    for field in headers[values: .cookie] {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name[...] { return String(parts[1]) }
      }
    }
    return nil
  }

  /// Sets a cookie that no script sees, that no other site's request carries, and that goes to the console only.
  /// - Parameter seconds: how long the browser keeps it; nil until it closes, 0 to remove it.
  static func set(_ name: String, _ value: String, secure: Bool, seconds: Int? = nil) -> String {
    "\(name)=\(value); Path=/console; HttpOnly; SameSite=Strict" + (seconds.map { "; Max-Age=\($0)" } ?? "")
      + (secure ? "; Secure" : "")
  }
}
