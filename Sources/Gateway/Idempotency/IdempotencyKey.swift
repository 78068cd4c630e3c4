import HTTPTypes

/// The header with which a client says that two requests are one.
enum IdempotencyKey {
  /// The longest key, in bytes: what the payment services that clients know take too.
  static let maximumBytes = 255

  private static let header = HTTPField.Name("idempotency-key")
  private static let replayedHeader = HTTPField.Name("idempotency-replayed")

  /// The key of a request, or nil when it has none.
  /// - Throws: `invalid_idempotency_key` when it cannot be one, or when there are several.
  static func read(_ headers: HTTPFields) throws(APIError) -> String? {
    guard let header else { return nil }
    let values = headers[values: header]
    guard let key = values.first else { return nil }
    guard values.count == 1, (1...maximumBytes).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw APIError(.invalidIdempotencyKey) }
    return key
  }

  /// The header fields of an answer that was given before.
  static var replayed: HTTPFields {
    var fields = HTTPFields()
    if let replayedHeader { fields[replayedHeader] = "true" }
    return fields
  }
}
