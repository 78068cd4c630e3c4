import NIOCore
import NIOHTTP1

/// Parts of pipelined requests whose turn has not come.
struct HeldRequests {
  /// How many parts are held before reading stops. What one read brings beyond that is held too, but no more is read.
  static let partLimit = 64
  /// How many bytes of bodies are held before reading stops.
  static let byteLimit = 64 * 1024

  private var parts = CircularBuffer<HTTPServerRequestPart>()
  private var bytes = 0

  var isEmpty: Bool { parts.isEmpty }
  var isFull: Bool { parts.count >= Self.partLimit || bytes >= Self.byteLimit }

  /// Whether the first of them begins a request.
  var beginsRequest: Bool {
    if case .head? = parts.first { true } else { false }
  }

  mutating func append(_ part: HTTPServerRequestPart) {
    if case .body(let buffer) = part { bytes += buffer.readableBytes }
    parts.append(part)
  }

  mutating func popFirst() -> HTTPServerRequestPart? {
    let part = parts.popFirst()
    if case .body(let buffer)? = part { bytes -= buffer.readableBytes }
    return part
  }

  mutating func removeAll() {
    parts.removeAll()
    bytes = 0
  }
}
