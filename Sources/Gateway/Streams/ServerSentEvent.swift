import Daraja
import NIOCore

/// Server-sent events as bytes (WHATWG HTML, 9.2).
enum ServerSentEvent {
  static let contentType = "text/event-stream; charset=utf-8"

  /// A line that clients drop: it shows both sides, and every proxy between them, that the connection lives.
  static let heartbeat = ByteBuffer(string: ": still here\n\n")

  /// How long a client is to wait before it connects again, in milliseconds.
  static func retry(milliseconds: Int) -> ByteBuffer { ByteBuffer(string: "retry: \(milliseconds)\n\n") }

  /// One event. JSON as we write it holds no line feed, so that one `data` line is enough.
  static func event(_ name: String, id: Int64, data: JSONValue) -> ByteBuffer {
    var buffer = ByteBuffer(string: "id: \(id)\nevent: \(name)\ndata: ")
    buffer.writeBytes(data.bytes)
    buffer.writeString("\n\n")
    return buffer
  }

  /// The number in a `Last-Event-ID` header; nil when there is none, or when it is not one of ours.
  static func lastID(_ header: String?) -> Int64? {
    guard let header, (1...19).contains(header.utf8.count), header.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int64(header)
  }
}
