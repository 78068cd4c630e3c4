import Foundation
import Hummingbird

/// The parameters behind the question mark of a request, each at most once and none unknown: a filter with a slip in its name would
/// silently list everything.
struct QueryParameters {
  /// The longest query, in bytes.
  static let maximumBytes = 4_096

  private var values: [String: String] = [:]

  /// - Throws: `APIError` that names the parameter.
  init(_ query: String?, known: Set<String>) throws(APIError) {
    let query = query ?? ""
    guard query.utf8.count <= Self.maximumBytes else {
      throw APIError(.invalidParameter, "The query is longer than \(Self.maximumBytes) bytes. Send less.")
    }
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(pair[0]), known.contains(name) else {
        let name = (Self.decoded(pair[0]) ?? String(pair[0])).prefix(60)
        throw APIError(
          .invalidParameter,
          "There is no parameter \"\(name)\". Those there are: \(known.sorted().joined(separator: ", ")).",
          field: String(name))
      }
      guard let value = pair.count > 1 ? Self.decoded(pair[1]) : "" else {
        throw Self.invalid(name, "is not well-formed percent-encoded UTF-8")
      }
      guard values.updateValue(value, forKey: name) == nil else { throw Self.invalid(name, "is there twice") }
    }
  }

  /// A parameter as a value; nil where it is absent.
  /// - Parameter expected: what it must be, to go on after "must be".
  func value<Value>(
    _ name: String, expected: String, _ parse: (String) -> Value?
  ) throws(APIError) -> Value? {
    guard let text = values[name] else { return nil }
    guard let value = parse(text) else { throw Self.invalid(name, "must be \(expected)") }
    return value
  }

  static func invalid(_ name: String, _ problem: String) -> APIError {
    APIError(.invalidParameter, "The parameter \(name) \(problem).", field: name)
  }

  private static func decoded(_ text: Substring) -> String? {
    text.replacing("+", with: " ").removingPercentEncoding
  }
}

/// Readers of values that parameters have.
extension QueryParameters {
  /// A whole number without a sign or leading zeros, within bounds.
  static func number(_ text: String, in range: ClosedRange<Int64>) -> Int64? {
    guard text.utf8.count <= 19, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0"), let number = Int64(text)
    else { return nil }
    return range.contains(number) ? number : nil
  }

  /// Printable ASCII without spaces, as Safaricom's names are.
  static func name(_ text: String, maximumLength: Int) -> String? {
    (1...maximumLength).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
  }
}
