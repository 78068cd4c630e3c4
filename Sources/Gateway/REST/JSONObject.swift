import Crypto
import Daraja
import HTTPTypes
import Hummingbird
import NIOCore

/// The JSON object in a request's body, and its fields. Fields that nobody asks for are ignored.
struct JSONObject {
  private let value: JSONValue
  /// The bytes it was read from.
  private var source = ByteBuffer()

  /// Tells this body from any other.
  var fingerprint: [UInt8] { Array(SHA256.hash(data: source.readableBytesView)) }

  /// Reads the body.
  /// - Parameter limit: the largest body in bytes.
  static func read(_ request: Request, limit: Int) async throws -> JSONObject {
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      // The rest of the body is not worth waiting for.
      throw APIError(
        .bodyTooLarge, "The body is larger than \(limit) bytes. Send less.", headers: [.connection: "close"])
    }
    if body.readableBytes > 0, !isJSON(request.headers[.contentType]) { throw APIError(.unsupportedMediaType) }
    var object = try JSONObject(bytes: body.readableBytesView)
    object.source = body
    return object
  }

  /// - Throws: `APIError` that says where the text stops being JSON.
  init(bytes: some Sequence<UInt8>) throws(APIError) {
    do {
      value = try JSONValue.parse(bytes)
    } catch {
      throw APIError(.invalidJSON, "The body is not JSON: \(error). Send one JSON object.")
    }
    guard case .object = value else {
      throw APIError(.invalidJSON, "The body is JSON, but not an object. Send one object.")
    }
  }

  /// A field's value; nil when it is absent or null.
  /// - Throws: `APIError` when the field is there twice with different values, since either may be meant.
  func optional(_ name: String) throws(APIError) -> JSONValue? {
    guard case .object(let members) = value else { return nil }
    let values = members.filter { $0.name == name }.map(\.value)
    guard values.allSatisfy({ $0 == values[0] }) else {
      throw APIError(.invalidJSON, "The body has \(name) more than once. Send it once.", field: name)
    }
    return values.first == .null ? nil : values.first
  }

  /// A field's value.
  /// - Throws: `APIError` when it is absent or null.
  func required(_ name: String) throws(APIError) -> JSONValue {
    guard let value = try optional(name) else {
      throw APIError(.missingField, "The field \(name) is missing. Add it.", field: name)
    }
    return value
  }

  /// True for `application/json`, whatever its parameters.
  private static func isJSON(_ contentType: String?) -> Bool {
    guard let type = contentType?.split(separator: ";", omittingEmptySubsequences: false).first else { return false }
    return type.filter { $0 != " " && $0 != "\t" }.lowercased() == "application/json"
  }
}
