import NIOCore
import NIOHTTP1

/// A whole answer as the bytes that go out.
enum WireAnswer {
  /// What the answer says about the connection.
  enum Persistence: Hashable, Sendable {
    /// Nothing: HTTP/1.1 keeps connections alive.
    case implied
    /// `Connection: keep-alive`, which HTTP/1.0 clients need to be told.
    case keepAlive
    /// `Connection: close`.
    case close
  }

  /// Interim answer to `Expect: 100-continue`.
  static let goOn = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

  /// Encodes an answer with a JSON body.
  /// - Parameter withoutBody: for the answer to a HEAD request.
  static func encode(
    _ status: HTTPResponseStatus, fields: [(String, String)] = [], json: [UInt8], persistence: Persistence,
    withoutBody: Bool = false
  ) -> ByteBuffer {
    var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
    text += "content-type: application/json\r\ncontent-length: \(json.count)\r\n"
    for (name, value) in fields { text += "\(name): \(value)\r\n" }
    switch persistence {
    case .implied: break
    case .keepAlive: text += "connection: keep-alive\r\n"
    case .close: text += "connection: close\r\n"
    }
    text += "\r\n"
    var buffer = ByteBuffer(string: text)
    if !withoutBody { buffer.writeBytes(json) }
    return buffer
  }

  /// Encodes an error in the one shape that all errors have.
  static func encode(
    _ error: APIError, persistence: Persistence, withoutBody: Bool = false
  ) -> ByteBuffer {
    let fields = SecurityHeaders.all + error.headers.map { ($0.name.canonicalName, $0.value) }
    return encode(
      HTTPResponseStatus(statusCode: error.code.status), fields: fields, json: error.json.bytes,
      persistence: persistence, withoutBody: withoutBody)
  }
}
