import Foundation
import Gateway

/// What Safaricom makes of an address for callbacks.
enum CallbackAddress {
  /// Words in an address that Safaricom asks not to use: callbacks to such addresses have been dropped in silence (portal,
  /// CustomerToBusiness FAQ 8).
  static let filteredWords = ["m-pesa", "mpesa", "safaricom", "exec", "exe", "cmd", "sql", "query"]

  /// A path of this daemon's that holds none of them.
  static let neutralPath = "/api/payments/callbacks"

  private static let loopback = try? AddressList(parsing: "127.0.0.0/8, ::1, 0.0.0.0, ::")

  /// The filtered words in an address, in no case in particular.
  static func filteredWords(in address: String) -> [String] {
    let text = address.lowercased()
    let found = filteredWords.filter { text.contains($0) }
    return found.filter { word in !found.contains { $0 != word && $0.contains(word) } }
  }

  /// Whether a host name or literal address means the machine that resolves it.
  static func isLoopback(_ host: String) -> Bool {
    let name = host.trimmingCharacters(in: ["[", "]", "."]).lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") { return true }
    guard let address = IPAddress(name), let loopback else { return false }
    return loopback.contains(.ip(address))
  }

  /// What to tell somebody who sets this address, or nil.
  static func warning(_ address: String) -> String? {
    let words = filteredWords(in: address)
    guard !words.isEmpty else { return nil }
    let host = SettingText.address(address).flatMap { parts in
      parts.host.map { "\(parts.scheme ?? "https")://\($0)\(parts.port.map { ":\($0)" } ?? "")" }
    }
    let advice =
      if let host, filteredWords(in: host).isEmpty {
        "Better: \(host)\(neutralPath)"
      } else {
        "The host's own name holds one: use another name for it"
      }
    return "Safaricom drops callbacks to addresses that contain \(words.joined(separator: ", ")). \(advice)."
  }
}
