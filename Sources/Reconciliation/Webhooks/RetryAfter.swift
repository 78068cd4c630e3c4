import Daraja
import Foundation

/// The `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3).
enum RetryAfter {
  /// How long to wait from `now`; nil when the text is neither, or lies in the past.
  static func duration(_ text: String, at now: Microseconds) -> Duration? {
    let text = text.trimmingCharacters(in: .whitespaces)
    if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int(text) {
      return .seconds(seconds)
    }
    let reader = DateFormatter()
    reader.locale = Locale(identifier: "en_US_POSIX")
    reader.timeZone = TimeZone(secondsFromGMT: 0)
    reader.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    guard let date = reader.date(from: text) else { return nil }
    let wait = date.timeIntervalSince1970 - Double(now) / 1_000_000
    // A date in a far year would not fit into microseconds.
    return wait > 0 ? .seconds(min(wait.rounded(.up), 999_999_999)) : nil
  }
}
