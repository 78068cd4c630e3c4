import Foundation

/// JSON that came in, with the kinds of its values kept apart: the checks on a push depend on them.
enum JSONValue: Decodable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case decimal(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Any other kind is told by its failure to decode as the ones before it: the decoder offers no way to ask.
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .decimal(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The members of a JSON object; nil for other JSON and for what is no JSON.
  static func object(in bytes: [UInt8]) -> [String: JSONValue]? {
    guard case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
    return members
  }

  /// A string, or an integer written as one; Daraja takes either for its numbers.
  var digitsOrText: String? {
    switch self {
    case .string(let text): text
    case .integer(let value): String(value)
    case .null, .bool, .decimal, .array, .object: nil
    }
  }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}
