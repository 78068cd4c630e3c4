import NIOCore
import Synchronization

/// A request body that knows whether anybody asked for it.
///
/// The HTTP client asks for the body after it has a connection and has written the head of the request. As long as it
/// has not asked, Daraja cannot have the request, whatever the error says: an exact answer to "was it sent?" that does
/// not depend on a list of error codes.
final class ObservedBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let bytes: ByteBuffer
  private let asked = Mutex(false)

  init(_ bytes: [UInt8]) {
    self.bytes = ByteBuffer(bytes: bytes)
  }

  /// Whether the body was given out.
  var wasAskedFor: Bool { asked.withLock { $0 } }

  func makeAsyncIterator() -> Iterator { Iterator(body: self) }

  struct Iterator: AsyncIteratorProtocol {
    let body: ObservedBody
    private var isFinished = false

    init(body: ObservedBody) {
      self.body = body
    }

    mutating func next() async -> ByteBuffer? {
      guard !isFinished else { return nil }
      isFinished = true
      body.asked.withLock { $0 = true }
      return body.bytes
    }
  }
}
