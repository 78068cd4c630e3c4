import Foundation
import Payments

/// The texts of settings, read. Every function gives nil for what it cannot use.
enum SettingText {
  static func digits(_ text: String) -> String? {
    (5...7).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
  }

  static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  /// Above 0, at most about 30 years.
  static func seconds(_ text: String) -> Double? {
    Double(text).flatMap { $0 > 0 && $0 < 1e9 ? $0 : nil }
  }

  /// Seconds that rise, separated by commas.
  static func schedule(_ text: String) -> QuerySchedule? {
    let parts = text.split(separator: ",").map { seconds($0.trimmingCharacters(in: .whitespaces)) }
    let values = parts.compactMap { $0 }
    guard !values.isEmpty, values.count == parts.count, zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return nil
    }
    return QuerySchedule(seconds: values, jitter: QuerySchedule.standard.jitter)
  }

  static func path(_ text: String) -> String? { text.hasPrefix("/") ? text : nil }

  /// An absolute http or https address that things are appended to, without slashes at its end.
  static func baseAddress(_ text: String) -> String? {
    guard let parts = address(text), parts.query == nil else { return nil }
    var address = text
    while address.hasSuffix("/") { address.removeLast() }
    return address
  }

  /// An absolute http or https address as its parts.
  static func address(_ text: String) -> URLComponents? {
    guard let parts = URLComponents(string: text), parts.scheme == "http" || parts.scheme == "https",
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.fragment == nil,
      UInt16(exactly: parts.port ?? 0) != nil
    else { return nil }
    return parts
  }

  /// Address and port, such as `127.0.0.1:8080` or `[::1]:8080`.
  static func listening(_ text: String) -> (String, Int)? {
    guard let colon = text.lastIndex(of: ":"),
      let port = number(String(text[text.index(after: colon)...]), in: 0...65_535)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    return host.isEmpty ? nil : (host, port)
  }
}
