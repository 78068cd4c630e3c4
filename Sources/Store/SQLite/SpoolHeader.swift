import Crypto
import NIOCore

/// The first page of a spool file: which file it is, and the epoch from which on its records count.
///
/// It is of use where the database cannot say what it has taken in. If it is damaged, the records speak for themselves.
struct SpoolHeader: Hashable, Sendable {
  /// Bytes that are set aside for it: a page, so that writing it never touches a record.
  static let length = 4_096
  private static let mark = Array("mpesad spool 2\n\0".utf8)
  private static let checksumLength = 8

  /// A number drawn when the file was made.
  var identity: UInt64
  /// Records of earlier epochs are void.
  var epoch: UInt64

  var bytes: ByteBuffer {
    var buffer = ByteBuffer(bytes: Self.mark)
    buffer.writeInteger(identity)
    buffer.writeInteger(epoch)
    buffer.writeBytes(Self.checksum(buffer.readableBytesView))
    return buffer
  }

  init(identity: UInt64, epoch: UInt64) {
    self.identity = identity
    self.epoch = epoch
  }

  /// Reads the header of a file; nil where there is none that is whole.
  init?(_ file: ByteBuffer) {
    var header = file
    guard let summed = file.getSlice(at: file.readerIndex, length: Self.mark.count + 16),
      header.readBytes(length: Self.mark.count) == Self.mark, let identity: UInt64 = header.readInteger(),
      let epoch: UInt64 = header.readInteger(),
      header.readBytes(length: Self.checksumLength) == Self.checksum(summed.readableBytesView)
    else { return nil }
    self.init(identity: identity, epoch: epoch)
  }

  private static func checksum(_ bytes: ByteBufferView) -> [UInt8] {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize().prefix(checksumLength))
  }
}
