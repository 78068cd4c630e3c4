import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a form that a browser sent as `application/x-www-form-urlencoded`.
struct FormFields: Sendable {
  /// More than any form of ours has.
  static let maximumFields = 16

  private var values: [String: String] = [:]

  /// The first value of a field; nil when it is not there.
  subscript(name: String) -> String? { values[name] }

  /// Reads the body.
  /// - Throws: ``APIError`` when it is too large or of another type.
  static func read(_ request: Request, limit: Int) async throws -> FormFields {
    let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
    guard type?.filter({ $0 != " " }) == "application/x-www-form-urlencoded" else {
      throw APIError(.unsupportedMediaType)
    }
    do {
      return FormFields(String(buffer: try await request.body.collect(upTo: limit)))
    } catch is NIOTooManyBytesError {
      throw APIError(.bodyTooLarge, headers: [.connection: "close"])
    }
  }

  /// Reads the text; what is no field is left out.
  init(_ text: String) {
    for field in text.split(separator: "&").prefix(Self.maximumFields) {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let name = Self.decoded(parts[0]), let value = Self.decoded(parts[1]),
        values[name] == nil
      else { continue }
      values[name] = value
    }
  }

  private static func decoded(_ text: Substring) -> String? {
    text.replacing("+", with: " ").removingPercentEncoding
  }
}
