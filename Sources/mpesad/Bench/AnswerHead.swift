import NIOCore

/// Just enough HTTP to read the answers of one's own server: a status, a Content-Length, a body.
enum AnswerHead {
  private static let lengthField = Array("content-length:".utf8)

  /// Removes one whole answer from the front of the buffer.
  /// - Returns: its status, or nil while it is not complete.
  static func takeAnswer(from buffer: inout ByteBuffer) -> Int? {
    let found = buffer.withUnsafeReadableBytes { bytes -> (status: Int, length: Int)? in
      guard let end = endOfHead(bytes), end >= 16 else { return nil }
      let total = end + contentLength(bytes[..<end])
      guard bytes.count >= total else { return nil }
      return (number(bytes[9..<12]), total)
    }
    guard let found else { return nil }
    buffer.moveReaderIndex(forwardBy: found.length)
    if buffer.readableBytes == 0 { buffer.clear() }
    return found.status
  }

  private static func endOfHead(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var index = 3
    while index < bytes.count {
      if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13 { return index + 1 }
      index += 1
    }
    return nil
  }

  private static func contentLength(_ head: Slice<UnsafeRawBufferPointer>) -> Int {
    var lineStart = head.startIndex
    for index in head.indices where head[index] == 10 {
      let line = head[lineStart..<index]
      lineStart = index + 1
      guard line.count > lengthField.count,
        zip(line, lengthField).allSatisfy({ $0 | 0x20 == $1 || $0 == $1 })
      else { continue }
      return number(line.dropFirst(lengthField.count))
    }
    return 0
  }

  /// The digits among these bytes as a number.
  private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
    bytes.reduce(0) { (48...57).contains($1) ? $0 * 10 + Int($1 - 48) : $0 }
  }
}
