import Foundation

/// The parts of a webhook request that its signature covers, and the signature.
struct SavedRequest: Hashable, Sendable {
  var id: String?
  var timestamp: String?
  var signature: String?
  var body: [UInt8]

  init(id: String?, timestamp: String?, signature: String?, body: [UInt8]) {
    self.id = id
    self.timestamp = timestamp
    self.signature = signature
    self.body = body
  }

  /// Reads an HTTP/1.1 request as it came over the wire, or as an editor saved it: with or without request line, lines ended by CRLF or LF.
  ///
  /// The body is as long as `Content-Length` says; without that header, all that follows the empty line.
  /// - Throws: `OperationError` when there is no empty line, or less body than announced.
  init(_ bytes: [UInt8]) throws {
    var headers: [String: String] = [:]
    var rest = bytes[...]
    while true {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        throw OperationError(
          .invalid,
          "The file has no empty line between headers and body. For a body alone give --id, --timestamp and --signature."
        )
      }
      var line = rest[..<end]
      rest = rest[(end + 1)...]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      headers[name] = String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
    if let length = headers["content-length"].flatMap({ Int($0) }), length >= 0 {
      guard length <= rest.count else {
        throw OperationError(
          .invalid, "The body has \(rest.count) bytes where Content-Length announces \(length): the file is cut short.")
      }
      rest = rest.prefix(length)
    }
    self.init(
      id: headers["webhook-id"], timestamp: headers["webhook-timestamp"], signature: headers["webhook-signature"],
      body: Array(rest))
  }
}
